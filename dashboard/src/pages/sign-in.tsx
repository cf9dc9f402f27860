import { useEffect, useRef, useState, type FormEvent } from 'react';
import { act, Refusal } from '../api/service.js';
import { BrandMark } from '../ui/brand-mark.js';
import { leaveForPage } from '../ui/page.js';

interface SignInProps {
  readonly hasEnded: boolean;
  readonly onOpen: () => void;
}

export function SignInPage({ hasEnded, onOpen }: SignInProps) {
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => {
    document.title = 'Sign in · Slotkeeper';
    field.current?.focus();
  }, []);

  const signIn = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const key = field.current?.value.trim() ?? '';
    if (key === '') return setProblem('Enter the admin key.');
    setIsBusy(true);
    try {
      await act('POST', '/session', { admin_key: key });
      leaveForPage();
      return onOpen();
    } catch (error) {
      setProblem(wordsFor(error));
      field.current?.select();
      return setIsBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <BrandMark />
      <h1>Slotkeeper</h1>
      <form onSubmit={(event) => void signIn(event)} noValidate>
        {hasEnded ? <p>Your session is over. Sign in again to go on.</p> : null}
        <label htmlFor="admin-key">Admin key</label>
        <input
          ref={field}
          id="admin-key"
          type="password"
          autoComplete="current-password"
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? 'where' : 'problem where'}
        />
        <p id="problem" className="problem" role="alert">
          {problem}
        </p>
        <button type="submit" className="primary" disabled={isBusy}>
          Sign in
        </button>
        <p id="where" className="muted">
          It is in <code>ADMIN_API_KEY</code>, or, when none was set, in <code>.data/admin-api-key</code>.
        </p>
      </form>
    </main>
  );
}

function wordsFor(error: unknown): string {
  if (!(error instanceof Refusal)) return 'Signing in failed.';
  if (error.status === 401) return 'This is not the admin key.';
  if (error.status === 429)
    return `There were too many attempts. Try again in ${error.retryAfterSeconds ?? 60} seconds.`;
  return error.message;
}
