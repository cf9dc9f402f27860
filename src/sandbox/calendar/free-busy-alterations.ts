import type { Alteration } from '../faults/fault.js';
import type { CalendarCall } from './call.js';

export interface CalendarAnswer {
  readonly busy: readonly unknown[];
  readonly errors?: readonly { readonly domain: string; readonly reason: string }[];
}

type Answers = Readonly<Record<string, CalendarAnswer>>;
type Change = (id: string, answer: CalendarAnswer) => [string, CalendarAnswer][];

/** The `calendars` of a free/busy answer after the faults that alter them; may be any value at all. */
export function alterCalendars(answers: Answers, call: CalendarCall): unknown {
  let entries = Object.entries(answers);
  for (const { calendar, effect } of call.alterations) {
    if (effect.kind === 'calendars_value') return effect.value;
    const change = changeFor(effect);
    entries = entries.flatMap(([id, answer]) =>
      isMeant(id, calendar, call) ? change(id, answer) : [[id, answer] as [string, CalendarAnswer]],
    );
  }
  return Object.fromEntries(entries);
}

function changeFor(effect: Exclude<Alteration, { kind: 'calendars_value' }>): Change {
  switch (effect.kind) {
    case 'calendar_error':
      return (id) => [
        [id, { errors: [{ domain: effect.domain ?? 'global', reason: effect.reason }], busy: [] }],
      ];
    case 'omit_calendar':
      return () => [];
    case 'busy_entries':
      return (id, { busy, ...rest }) => [
        [id, { ...rest, busy: [...(effect.replace ? [] : busy), ...effect.entries] }],
      ];
    case 'upper_case_ids':
      return (id, answer) => [[id.toUpperCase(), answer]];
  }
}

function isMeant(id: string, calendar: string | undefined, { account, state }: CalendarCall): boolean {
  if (calendar === undefined) return true;
  const resolved = state.accounts.entry(account, id)?.calendarId ?? id;
  return [id, resolved].some((name) => name.toLowerCase() === calendar.toLowerCase());
}
