import { createContext, useContext } from 'react';

/** `unknown`: nobody has asked the service yet. `ended`: it was open, and is over. */
export type SessionState = 'unknown' | 'open' | 'closed' | 'ended';

export interface Session {
  readonly end: (state: 'closed' | 'ended') => void;
}

const Context = createContext<Session>({ end: () => undefined });

export const SessionProvider = Context.Provider;

export function useSession(): Session {
  return useContext(Context);
}
