import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { act, forgetAnswers, read } from './api/service.js';
import { CalendarPage } from './pages/calendar.js';
import { CalendarsPage } from './pages/calendars.js';
import { JobsPage } from './pages/jobs.js';
import { NotFoundPage } from './pages/not-found.js';
import { OverviewPage } from './pages/overview.js';
import { SignInPage } from './pages/sign-in.js';
import { WorkspacePage } from './pages/workspace.js';
import { WorkspacesPage } from './pages/workspaces.js';
import { Link, usePlace } from './router.js';
import { SessionProvider, type SessionState } from './session.js';
import { Announcer } from './ui/announcer.js';
import { BrandMark } from './ui/brand-mark.js';

/** What is read first, whatever page was asked for: it also tells whether somebody is signed in. */
const FIRST = '/calendar-health/overview';

export function App() {
  const [state, setState] = useState<SessionState>('unknown');
  const end = useCallback((how: 'closed' | 'ended') => {
    forgetAnswers();
    setState(how);
  }, []);
  useEffect(() => {
    const gone = new AbortController();
    read(FIRST, gone.signal).then(
      () => setState('open'),
      // Whatever else is wrong, the page itself says it.
      (error: unknown) => setState(isRefusedFor(error) ? 'closed' : 'open'),
    );
    return () => gone.abort();
  }, []);
  const session = useMemo(() => ({ end }), [end]);
  if (state === 'unknown') return null;
  return (
    <SessionProvider value={session}>
      <Announcer>
        {state === 'open' ? (
          <Frame />
        ) : (
          <SignInPage hasEnded={state === 'ended'} onOpen={() => setState('open')} />
        )}
      </Announcer>
    </SessionProvider>
  );
}

function isRefusedFor(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && error.status === 401;
}

const PLACES = [
  ['/', 'Overview'],
  ['/workspaces', 'Workspaces'],
  ['/calendars', 'Calendars'],
  ['/jobs', 'Jobs'],
] as const;

function Frame() {
  const place = usePlace();
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <BrandMark />
          Slotkeeper
        </Link>
        <nav aria-label="Main">
          {PLACES.map(([to, name]) => (
            <Link key={to} to={to} aria-current={isIn(place.pathname, to) ? 'page' : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <SignOut />
      </header>
      <main id="main">{pageAt(place)}</main>
    </>
  );
}

function isIn(path: string, to: string): boolean {
  return to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
}

function pageAt({ pathname, searchParams }: URL): ReactNode {
  const [, kind, id, ...rest] = pathname.split('/');
  if (rest.length > 0) return <NotFoundPage />;
  if (id !== undefined) return oneOf(kind, id, searchParams);
  if (kind === '') return <OverviewPage />;
  if (kind === 'workspaces') return <WorkspacesPage query={searchParams} />;
  if (kind === 'calendars') return <CalendarsPage query={searchParams} />;
  return kind === 'jobs' ? <JobsPage /> : <NotFoundPage />;
}

function oneOf(kind: string | undefined, id: string, query: URLSearchParams): ReactNode {
  if (kind === 'workspaces') return <WorkspacePage key={id} id={id} query={query} />;
  if (kind === 'calendars') return <CalendarPage key={id} id={id} query={query} />;
  return <NotFoundPage />;
}

function SignOut() {
  const [isGoing, setIsGoing] = useState(false);
  const leave = async (): Promise<void> => {
    setIsGoing(true);
    await act('DELETE', '/session').catch(() => undefined);
    // Nothing of what was shown stays in the page.
    location.assign('/dashboard');
  };
  return (
    <button type="button" className="quiet" disabled={isGoing} onClick={() => void leave()}>
      Sign out
    </button>
  );
}
