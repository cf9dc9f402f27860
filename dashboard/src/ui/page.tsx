import { useEffect, useRef, type ReactNode } from 'react';
import type { Live } from '../api/use-live.js';
import { Mark } from './status.js';

interface PageProps {
  readonly title: string;
  /** Above the title: the way back. */
  readonly above?: ReactNode;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

let isFirstPage = true;

/** Something else was there before the first page, and the focus would be lost with it. */
export function leaveForPage(): void {
  isFirstPage = false;
}

/** Whoever comes to a page by a link in another is put at its title; the first one is left to the browser. */
export function Page({ title, above, beside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  useEffect(() => {
    document.title = `${title} · Slotkeeper`;
  }, [title]);
  return (
    <>
      {above}
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside}
      </div>
      {children}
    </>
  );
}

interface LoadedProps<T> {
  readonly live: Live<T>;
  readonly children: (data: T) => ReactNode;
}

/** What is there, and a word about why it is not newer. */
export function Loaded<T>({ live: { data, refusal }, children }: LoadedProps<T>) {
  if (data === null && refusal === null)
    return (
      <p className="muted loading" role="status">
        Loading …
      </p>
    );
  return (
    <>
      {refusal === null ? null : (
        <div className="notice warn" role="alert">
          <Mark tone="warn" />
          <p>
            {refusal.message}{' '}
            {data === null ? 'Trying again.' : 'What you see may be out of date; trying again.'}
          </p>
        </div>
      )}
      {data === null ? null : children(data)}
    </>
  );
}
