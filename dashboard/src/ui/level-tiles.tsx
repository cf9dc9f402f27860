import type { LevelView } from '../api/views.js';
import { minutesSpan } from '../time.js';
import { number, percent } from '../words.js';
import type { Tone } from './status.js';
import { Tile } from './tile.js';

interface LevelProps {
  readonly level: LevelView;
  readonly target: number;
  /** Such as `30 days`. */
  readonly over: string;
}

/** How much of the downtime that the target allows is left, which is what to decide by. */
export function LevelTiles({ level, target, over }: LevelProps) {
  const { availability, error_budget_remaining: left } = level;
  return (
    <>
      <Tile
        label={`Availability, ${over}`}
        value={percent(availability)}
        note={`of the observed time; the aim is ${percent(target)}`}
      />
      <Tile
        label="Error budget left"
        value={left === null ? 'not known' : percent(Math.max(0, left))}
        tone={toneOf(left)}
        note={budgetNote(left)}
      />
      <Tile
        label="Longest outage"
        value={minutesSpan(level.longest_outage_minutes)}
        note={outagesNote(level)}
      />
    </>
  );
}

function toneOf(left: number | null): Tone | null {
  if (left === null) return null;
  if (left <= 0) return 'bad';
  return left < 0.25 ? 'warn' : 'ok';
}

function budgetNote(left: number | null): string {
  if (left === null) return 'nothing was observed yet';
  if (left < 0) return `overspent ${number(Math.ceil((1 - left) * 10) / 10)} times over`;
  return 'of the downtime that the aim allows';
}

function outagesNote({ outage_count: count, mean_time_to_recovery_minutes: mean }: LevelView): string {
  if (count === 0) return 'no outages';
  const outages = `${number(count)} outage${count === 1 ? '' : 's'}`;
  return mean === null ? outages : `${outages}, over after ${minutesSpan(mean)} on average`;
}
