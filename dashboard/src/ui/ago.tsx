import { ago, exactly, lasting, useNow } from '../time.js';

/** How long ago, with the exact time for whoever asks for it. */
export function Ago({ at, never = 'never' }: { readonly at: string | null; readonly never?: string }) {
  const now = useNow();
  if (at === null) return <span className="muted">{never}</span>;
  return (
    <time dateTime={at} title={exactly(at)}>
      {ago(at, now)}
    </time>
  );
}

/** How long it has lasted, with the exact time of its beginning. */
export function Lasting({ since }: { readonly since: string }) {
  const now = useNow();
  return (
    <time dateTime={since} title={`since ${exactly(since)}`}>
      {lasting(since, now)}
    </time>
  );
}
