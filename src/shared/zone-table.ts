/** Real time, in epoch minutes, half-open, through which a zone keeps one offset (minutes east of UTC). */
export interface OffsetSpan {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** A block of real time is 2^19 minutes, a little less than a year; a table fills block by block. */
const BLOCK_BITS = 19;
const BLOCK_MINUTES = 2 ** BLOCK_BITS;
/** Blocks kept: the years 1970 to 2199, with room for the local days that begin just before or after. */
const FIRST_BLOCK = -1;
const LAST_BLOCK = 231;
const BLOCKS = LAST_BLOCK - FIRST_BLOCK + 1;
/** Shorter than any time two changes of a zone's clock have been apart since 1970. */
const PROBE_MINUTES = 2 * 1440;
/** No zone is further than a day from UTC. */
const MAX_OFFSET_MINUTES = 1440;
/** More than there are IANA names; reached only by spelling them in many letter cases. */
const MAX_TABLES = 1000;

type OffsetProbe = (epochMinute: number) => number;

/**
 * The offsets of one zone, found with `Intl` once per block and looked up in an array from then on.
 * Outside the years 1970 to 2199 every look-up asks `Intl`, so memory stays bounded.
 * Offsets with seconds (before 1972) are rounded to the minute.
 */
export class ZoneTable {
  private readonly blocks: (readonly OffsetSpan[] | null)[] = Array.from({ length: BLOCKS }, () => null);

  /** @throws RangeError the zone is unknown */
  constructor(private readonly zone: string) {
    intlProbe(zone);
  }

  /** Minutes east of UTC. */
  offsetAt(epochMinute: number): number {
    return this.spanAt(epochMinute).offset;
  }

  /** The span that contains the minute. Neighbours may have equal offsets: spans also end where a block ends. */
  spanAt(epochMinute: number): OffsetSpan {
    const index = Math.floor(epochMinute / BLOCK_MINUTES);
    const block = this.blocks[index - FIRST_BLOCK] ?? this.fill(index);
    for (const span of block) if (epochMinute < span.to) return span;
    return this.unkept(epochMinute);
  }

  /**
   * The real time at which local clocks show `localFrom` up to `localTo` (minutes since 1970-01-01 00:00 on the
   * local clock), in ascending order. A local minute that does not exist yields nothing, a repeated one two spans.
   */
  realSpans(localFrom: number, localTo: number): OffsetSpan[] {
    const found: OffsetSpan[] = [];
    const end = localTo + MAX_OFFSET_MINUTES;
    for (let at = localFrom - MAX_OFFSET_MINUTES; at < end;) {
      const span = this.spanAt(at);
      const from = Math.max(span.from, localFrom - span.offset);
      const to = Math.min(span.to, localTo - span.offset);
      if (from < to) found.push({ from, to, offset: span.offset });
      at = span.to;
    }
    return found;
  }

  private fill(index: number): readonly OffsetSpan[] {
    const isKept = index >= FIRST_BLOCK && index <= LAST_BLOCK;
    if (!isKept) return [];
    const block = spansOfBlock(intlProbe(this.zone), index * BLOCK_MINUTES);
    this.blocks[index - FIRST_BLOCK] = block;
    return block;
  }

  private unkept(epochMinute: number): OffsetSpan {
    return { from: epochMinute, to: epochMinute + 1, offset: intlProbe(this.zone)(epochMinute) };
  }
}

const tables = new Map<string, ZoneTable>();

/** @throws RangeError the zone is unknown */
export function zoneTable(zone: string): ZoneTable {
  return tables.get(zone) ?? addTable(zone);
}

function addTable(zone: string): ZoneTable {
  const table = new ZoneTable(zone);
  const oldest = tables.size < MAX_TABLES ? undefined : tables.keys().next().value;
  if (oldest !== undefined) tables.delete(oldest);
  tables.set(zone, table);
  return table;
}

function spansOfBlock(probe: OffsetProbe, start: number): OffsetSpan[] {
  const end = start + BLOCK_MINUTES;
  const spans: OffsetSpan[] = [];
  let from = start;
  let offset = probe(start);
  for (let probed = start; probed < end - 1;) {
    const next = Math.min(probed + PROBE_MINUTES, end - 1);
    if (probe(next) === offset) {
      probed = next;
      continue;
    }
    probed = firstChange(probe, probed, next);
    spans.push({ from, to: probed, offset });
    from = probed;
    offset = probe(probed);
  }
  spans.push({ from, to: end, offset });
  return spans;
}

/** The first minute after `before` with another offset; `after` is known to have one. */
function firstChange(probe: OffsetProbe, before: number, after: number): number {
  const offset = probe(before);
  let low = before;
  let high = after;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (probe(middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

const PRINTED_OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** The formatter is not kept: it holds far more memory than the offsets read from it. */
function intlProbe(zone: string): OffsetProbe {
  const formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (epochMinute) => {
    const [, sign, hours = 0, minutes = 0, seconds = 0] =
      PRINTED_OFFSET.exec(formatter.format(epochMinute * 60_000)) ?? [];
    const offset = Math.round(Number(hours) * 60 + Number(minutes) + Number(seconds) / 60);
    return sign === '-' ? -offset : offset;
  };
}
