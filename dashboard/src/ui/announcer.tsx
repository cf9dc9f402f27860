import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';

const Context = createContext<(text: string) => void>(() => undefined);

/** One live region for the whole page; what is said in it is read out after what is being read. */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState('');
  return (
    <Context.Provider value={setText}>
      {children}
      <div className="visually-hidden" role="status" aria-live="polite">
        {text}
      </div>
    </Context.Provider>
  );
}

export function useAnnounce(): (text: string) => void {
  return useContext(Context);
}

/** Reads `text` out when it changes, not when the page opens. Null: nothing is known yet. */
export function useAnnounceChange(text: string | null): void {
  const announce = useAnnounce();
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (text === null) return;
    if (before.current !== null && before.current !== text) announce(text);
    before.current = text;
  }, [text, announce]);
}
