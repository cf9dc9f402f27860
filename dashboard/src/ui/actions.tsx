import { useCallback, useState } from 'react';
import { act, Refusal } from '../api/service.js';
import type { SweepView, TokenSweepView } from '../api/views.js';
import { counted, number } from '../words.js';
import { useAnnounce } from './announcer.js';
import { Mark, type Tone } from './status.js';

type Name = 'check' | 'refresh-tokens';

export interface Outcome {
  readonly tone: Tone;
  readonly text: string;
}

export interface Actions {
  readonly running: Name | null;
  /** By the clock of the service: what was checked since belongs to the running check. */
  readonly since: string | null;
  readonly outcome: Outcome | null;
  readonly start: (name: Name, now: string) => void;
}

/** What a person can set going, for one workspace or for all. */
export function useActions(workspaceId: string | null, onEnd: () => void): Actions {
  const announce = useAnnounce();
  const [running, setRunning] = useState<{ name: Name; since: string } | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const start = useCallback(
    (name: Name, since: string): void => {
      setRunning({ name, since });
      setOutcome(null);
      const whole = workspaceId === null ? {} : { workspace_id: workspaceId };
      // All tokens of a workspace are few; of all workspaces, those that are about to end are enough.
      const body = name === 'refresh-tokens' && workspaceId !== null ? { ...whole, force: true } : whole;
      void run(name, body).then((result) => {
        setRunning(null);
        setOutcome(result);
        announce(result.text);
        return onEnd();
      });
    },
    [workspaceId, onEnd, announce],
  );
  return { running: running?.name ?? null, since: running?.since ?? null, outcome, start };
}

async function run(name: Name, body: object): Promise<Outcome> {
  try {
    const path = `/calendar-health/${name}`;
    return name === 'check'
      ? checked((await act<{ check: SweepView }>('POST', path, body)).check)
      : refreshed(await act<TokenSweepView>('POST', path, body));
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(0, 'The answer cannot be read.');
    return { tone: 'warn', text: wordsFor(refusal) };
  }
}

function wordsFor({ status, message }: Refusal): string {
  if (status === 409) return 'This is running already. What it finds shows here by itself.';
  if (status === 0) return 'The answer was lost. If it was started, what it finds shows here by itself.';
  return message;
}

function checked({ calendars, failed_calendars: failed, complete, unjudged }: SweepView): Outcome {
  const missed = unjudged.reduce((sum, { connections }) => sum + connections, 0);
  const rest = complete ? '' : ` ${counted(missed, 'account')} could not be asked now.`;
  if (calendars === 0 && complete) return { tone: 'unknown', text: 'There was no calendar to check.' };
  if (failed > 0)
    return {
      tone: 'bad',
      text: `${number(failed)} of ${counted(calendars, 'calendar')} cannot be read.${rest}`,
    };
  return {
    tone: complete ? 'ok' : 'warn',
    text: `Checked ${counted(calendars, 'calendar')}: all can be read.${rest}`,
  };
}

function refreshed({
  checked: accounts,
  refreshed: done,
  needs_reauth: stopped,
  failed,
}: TokenSweepView): Outcome {
  const parts = [
    done === 0 ? 'No token had to be refreshed' : `Refreshed ${counted(done, 'token')}`,
    ...(stopped > 0 ? [`${counted(stopped, 'account')} must be authorized again`] : []),
    ...(failed > 0 ? [`${number(failed)} failed for the moment`] : []),
  ];
  const tone = stopped > 0 ? 'bad' : failed > 0 ? 'warn' : 'ok';
  return { tone, text: `${parts.join('; ')}. Looked at ${counted(accounts, 'account')}.` };
}

interface ButtonsProps {
  readonly actions: Actions;
  /** When the data on the page was made, by the clock of the service. */
  readonly now: string;
  readonly isWhole: boolean;
}

export function ActionButtons({ actions: { running, start }, now, isWhole }: ButtonsProps) {
  const button = (name: Name, label: string) => (
    <button
      type="button"
      className={name === 'check' ? 'primary' : ''}
      aria-disabled={running !== null}
      onClick={() => (running === null ? start(name, now) : undefined)}
    >
      {label}
    </button>
  );
  return (
    <div className="actions">
      {button('check', isWhole ? 'Check all now' : 'Check now')}
      {button('refresh-tokens', isWhole ? 'Refresh due tokens' : 'Refresh tokens')}
    </div>
  );
}

interface ProgressProps {
  readonly actions: Actions;
  readonly checked: number | null;
  readonly calendars: number;
}

export function ActionProgress({ actions: { running, outcome }, checked: done, calendars }: ProgressProps) {
  if (running !== null)
    return (
      <div className="notice busy">
        <Mark tone="busy" />
        <label>
          {running === 'check'
            ? `Checking: ${number(done ?? 0)} of ${counted(calendars, 'calendar')} `
            : 'Refreshing tokens … '}
          {running === 'check' ? <progress value={done ?? 0} max={calendars} /> : <progress />}
        </label>
      </div>
    );
  if (outcome === null) return null;
  return (
    <div className={`notice ${outcome.tone}`}>
      <Mark tone={outcome.tone} />
      <p>{outcome.text}</p>
    </div>
  );
}
