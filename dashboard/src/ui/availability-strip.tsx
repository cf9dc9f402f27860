import type { TrendPointView, TrendView } from '../api/views.js';
import { minutesSpan, shortly, writtenDay } from '../time.js';
import { percent } from '../words.js';

const WIDTH = 10;
const GAP = 2;
const HEIGHT = 56;
const LEAST = 2;
const STUB = 6;

/**
 * One bar for each step: whole when all was well, its upper part broken off when something failed, a stub when nothing
 * was observed. The same is there as a table.
 */
export function AvailabilityStrip({ trend, of }: { readonly trend: TrendView; readonly of: string }) {
  const { points, step } = trend;
  const name = step.endsWith('d') || step.endsWith('w') ? writtenDay : shortly;
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const width = points.length * (WIDTH + GAP) - GAP;
  return (
    <figure className="strip">
      <svg
        className="bars"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summary(points, of)}
      >
        {points.map((point, n) => (
          <Bar key={point.start_time} point={point} x={n * (WIDTH + GAP)} name={name(point.start_time)} />
        ))}
      </svg>
      <div className="strip-ends" aria-hidden="true">
        <span>{name(first.start_time)}</span>
        <span>{name(last.start_time)}</span>
      </div>
      <figcaption>
        <Key className="up" text="could be read" />
        <Key className="down" text="could not; short outages are drawn larger" />
        <Key className="blank" text="nobody looked" />
      </figcaption>
      <details>
        <summary>Show as a table</summary>
        <StripTable points={points} name={name} of={of} />
      </details>
    </figure>
  );
}

interface BarProps {
  readonly point: TrendPointView;
  readonly x: number;
  readonly name: string;
}

function Bar({ point, x, name }: BarProps) {
  const down = downHeight(point.availability);
  return (
    <g>
      <title>{`${name}: ${wordsFor(point)}`}</title>
      <rect className="reach" x={x - GAP / 2} y={0} width={WIDTH + GAP} height={HEIGHT} />
      {point.availability === null ? (
        <rect className="blank" x={x} y={HEIGHT - STUB} width={WIDTH} height={STUB} />
      ) : (
        <rect className="up" x={x} y={down === 0 ? 0 : down + 2} width={WIDTH} height={HEIGHT - down} />
      )}
      {down === 0 ? null : <rect className="down" x={x} y={0} width={WIDTH} height={down} />}
    </g>
  );
}

/** Drawn by the root, so that a short outage can be seen, and still looks like less than a long one. */
function downHeight(availability: number | null): number {
  if (availability === null || availability >= 1) return 0;
  return Math.max(LEAST, Math.sqrt(1 - availability) * HEIGHT);
}

function wordsFor({ availability, downtime_minutes: down }: TrendPointView): string {
  if (availability === null) return 'nobody looked';
  return down === 0 ? percent(availability) : `${percent(availability)}, down for ${minutesSpan(down)}`;
}

function summary(points: readonly TrendPointView[], of: string): string {
  const observed = points.filter(({ availability }) => availability !== null);
  const bad = observed.filter(({ availability }) => availability !== null && availability < 1).length;
  return `Availability of ${of}: ${points.length} steps, ${observed.length} observed, ${bad} with outages.`;
}

function Key({ className, text }: { readonly className: string; readonly text: string }) {
  const height = className === 'blank' ? 4 : 12;
  return (
    <span className="key">
      <svg viewBox="0 0 8 12" width="8" height="12" aria-hidden="true">
        <rect className={className} x="0" y={12 - height} width="8" height={height} />
      </svg>
      {text}
    </span>
  );
}

interface StripTableProps {
  readonly points: readonly TrendPointView[];
  readonly name: (at: string) => string;
  readonly of: string;
}

function StripTable({ points, name, of }: StripTableProps) {
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={`Availability of ${of}, as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" className="number">
              Availability
            </th>
            <th scope="col" className="number">
              Down
            </th>
            <th scope="col" className="number">
              Checks
            </th>
            <th scope="col" className="number">
              Failed
            </th>
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr key={point.start_time}>
              <th scope="row">{name(point.start_time)}</th>
              <td className="number">{percent(point.availability)}</td>
              <td className="number">{minutesSpan(point.downtime_minutes)}</td>
              <td className="number">{point.checks}</td>
              <td className="number">{point.failed_checks}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
