import type { ReactNode } from 'react';
import type { CalendarStatus, JobRunView, ReportStatus } from '../api/views.js';

export type Tone = 'ok' | 'warn' | 'bad' | 'unknown' | 'busy';
type State = ReportStatus | CalendarStatus | JobRunView['result'] | 'none';

interface Look {
  readonly tone: Tone;
  readonly word: string;
}

const LOOKS: Readonly<Record<State, Look>> = {
  healthy: { tone: 'ok', word: 'Healthy' },
  partial: { tone: 'warn', word: 'Partial' },
  critical: { tone: 'bad', word: 'Critical' },
  unhealthy: { tone: 'bad', word: 'Failing' },
  unknown: { tone: 'unknown', word: 'Not checked' },
  ok: { tone: 'ok', word: 'Done' },
  failed: { tone: 'bad', word: 'Failed' },
  interrupted: { tone: 'warn', word: 'Interrupted' },
  running: { tone: 'busy', word: 'Running' },
  none: { tone: 'unknown', word: 'Not run yet' },
};

export function wordFor(state: State): string {
  return LOOKS[state].word;
}

export function toneOf(state: State): Tone {
  return LOOKS[state].tone;
}

/** A shape of its own for each tone: colour is never all that tells them apart. */
const SHAPES: Readonly<Record<Tone, ReactNode>> = {
  ok: (
    <>
      <circle cx="8" cy="8" r="7" />
      <path className="glyph" d="m4.8 8.2 2.2 2.2 4.2-4.6" />
    </>
  ),
  warn: (
    <>
      <path d="M8 .9 15.6 14.6H.4Z" />
      <path className="glyph" d="M8 6v3.6M8 12v.2" />
    </>
  ),
  bad: (
    <>
      <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" />
      <path className="glyph" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />
    </>
  ),
  unknown: <circle className="hollow" cx="8" cy="8" r="6" />,
  busy: (
    <>
      <circle className="hollow" cx="8" cy="8" r="6" />
      <circle cx="8" cy="8" r="2.5" />
    </>
  ),
};

export function Mark({ tone }: { readonly tone: Tone }) {
  return (
    <svg className={`mark ${tone}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
  );
}

export function Status({ state }: { readonly state: State }) {
  const { tone, word } = LOOKS[state];
  return (
    <span className={`status ${tone}`}>
      <Mark tone={tone} />
      {word}
    </span>
  );
}
