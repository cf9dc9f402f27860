import { useEffect, useRef, useState } from 'react';
import { useAnnounce } from './announcer.js';

const SHOWN_MS = 4000;

/** Copies a link. Where the browser has no clipboard for the page, the link is shown to be copied by hand. */
export function CopyLink({ link, of }: { readonly link: string; readonly of: string }) {
  const announce = useAnnounce();
  const [state, setState] = useState<'ready' | 'copied' | 'by-hand'>('ready');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (state === 'by-hand') field.current?.select();
    if (state !== 'copied') return undefined;
    const timer = setTimeout(() => setState('ready'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      setState('copied');
      announce(`The re-authorization link of ${of} is copied.`);
    } catch {
      setState('by-hand');
    }
  };
  return (
    <span className="copy-link">
      <button type="button" className="small" onClick={() => void copy()}>
        {state === 'copied' ? 'Copied' : 'Copy link'}
        <span className="visually-hidden"> to re-authorize {of}</span>
      </button>
      {state === 'by-hand' ? (
        <input ref={field} readOnly value={link} aria-label={`Re-authorization link of ${of}`} />
      ) : null}
    </span>
  );
}
