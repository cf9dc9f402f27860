import type { ReactNode } from 'react';
import { Link } from '../router.js';
import { Mark, type Tone } from './status.js';

interface TileProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly note: ReactNode;
  /** Only where the value is good or bad in itself. */
  readonly tone?: Tone | null;
  readonly to?: string;
}

export function Tile({ label, value, note, tone = null, to }: TileProps) {
  return (
    <div className="tile">
      <dt>{to === undefined ? label : <Link to={to}>{label}</Link>}</dt>
      <dd>
        <span className="value">
          {tone === null ? null : <Mark tone={tone} />}
          {value}
        </span>
        <span className="note">{note}</span>
      </dd>
    </div>
  );
}
