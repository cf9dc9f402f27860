import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent, type ReactNode } from 'react';

export const BASE = '/dashboard';
const MOVED = 'slotkeeper:moved';

/** Path and query below {@link BASE}, such as `/workspaces?status=critical`. */
export function usePlace(): URL {
  const href = useSyncExternalStore(onMove, () => location.href);
  const url = new URL(href);
  url.pathname = url.pathname.slice(BASE.length).replace(/\/+$/, '') || '/';
  return url;
}

function onMove(tell: () => void): () => void {
  const names = ['popstate', MOVED];
  for (const name of names) addEventListener(name, tell);
  return () => {
    for (const name of names) removeEventListener(name, tell);
  };
}

export function go(to: string): void {
  history.pushState(null, '', BASE + to);
  scrollTo(0, 0);
  dispatchEvent(new Event(MOVED));
}

/** Changes the query where one is; an empty value is left out. The way back leads to the page before. */
export function restate(changes: Readonly<Record<string, string | null>>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  history.replaceState(null, '', url);
  dispatchEvent(new Event(MOVED));
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly to: string;
  readonly children: ReactNode;
}

export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={BASE + to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
