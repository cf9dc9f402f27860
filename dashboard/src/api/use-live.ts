import { useEffect, useRef, useState } from 'react';
import { knownAnswer, read, Refusal } from './service.js';
import { useSession } from '../session.js';

/** `closely` while something runs that was set going here; `seldom` what changes slowly, and costs more to make. */
const EVERY_MS = { closely: 1500, usually: 5000, seldom: 120_000 };
const MOST_PAUSE_MS = 60_000;

export interface Live<T> {
  readonly data: T | null;
  /** Why there is nothing newer; null while all is well. */
  readonly refusal: Refusal | null;
  /** The answer to another question than the present one is still shown. */
  readonly isBehind: boolean;
  readonly look: () => void;
}

interface Shown<T> {
  readonly path: string;
  readonly data: T;
}

/**
 * What the service answers at `path`, asked for again every few seconds while somebody can see the page. A steady
 * answer is an empty 304, and no connection is held open, so that a hundred of these cost about as much as one.
 */
export function useLive<T>(path: string, how: keyof typeof EVERY_MS = 'usually'): Live<T> {
  const { end } = useSession();
  const [shown, setShown] = useState<Shown<T> | null>(() => remembered(path));
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const lookNow = useRef<() => void>(() => undefined);

  useEffect(() => {
    const stop = watch<T>(path, EVERY_MS[how], {
      onAnswer: (data) => {
        setShown((last) => (last?.path === path && last.data === data ? last : { path, data }));
        setRefusal(null);
      },
      onRefusal: (met) => (met.status === 401 ? end('ended') : setRefusal(met)),
    });
    lookNow.current = stop.look;
    return stop.end;
  }, [path, how, end]);

  const look = useRef(() => lookNow.current()).current;
  return { data: shown?.data ?? null, refusal, isBehind: shown?.path !== path, look };
}

function remembered<T>(path: string): Shown<T> | null {
  const data = knownAnswer<T>(path);
  return data === undefined ? null : { path, data };
}

interface Watcher<T> {
  readonly onAnswer: (data: T) => void;
  readonly onRefusal: (refusal: Refusal) => void;
}

/** Nothing is asked for while the page is hidden; it catches up when it is looked at again. */
function watch<T>(path: string, everyMs: number, watcher: Watcher<T>): { look: () => void; end: () => void } {
  const gone = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isLooking = false;

  const look = (): void => {
    clearTimeout(timer);
    if (isLooking || gone.signal.aborted || document.hidden) return;
    isLooking = true;
    void ask().finally(() => {
      isLooking = false;
      if (!gone.signal.aborted) timer = setTimeout(look, Math.min(MOST_PAUSE_MS, everyMs * 2 ** failures));
    });
  };
  const ask = async (): Promise<void> => {
    try {
      const data = await read<T>(path, gone.signal);
      failures = 0;
      if (!gone.signal.aborted) watcher.onAnswer(data);
    } catch (error) {
      if (gone.signal.aborted) return;
      failures += 1;
      watcher.onRefusal(error instanceof Refusal ? error : new Refusal(0, 'The answer cannot be read.'));
    }
  };
  document.addEventListener('visibilitychange', look);
  look();
  return {
    look,
    end: () => {
      gone.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    },
  };
}
