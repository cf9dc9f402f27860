/** One measurement of a family: its full name, its labels, its value. */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ExposedSample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/;
const NUMBER = /^(?:[-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf)|NaN)$/i;
/** What the samples of a family may be called besides the family's own name. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads the text format as strictly as its description allows, apart from any code that writes it.
 *
 * @throws what is wrong, with the line
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, Family & { samples: ExposedSample[] }>();
  let help: readonly [string, string] | null = null;
  let current: (Family & { samples: ExposedSample[] }) | null = null;
  for (const line of text.split('\n')) {
    const refuse = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    if (line === '') continue;
    const [, helpName, helpText] = HELP.exec(line) ?? [];
    if (helpName !== undefined) {
      if (families.has(helpName)) refuse('A family comes twice');
      help = [helpName, helpText ?? ''];
      continue;
    }
    const [, typeName, type] = TYPE.exec(line) ?? [];
    if (typeName !== undefined) {
      if (help?.[0] !== typeName) refuse('A type without its help');
      current = { name: typeName, type: type ?? '', help: help?.[1] ?? '', samples: [] };
      families.set(typeName, current);
      continue;
    }
    const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? refuse('Not a line of the format');
    const family = current ?? refuse('A sample before any type');
    const names = (SUFFIXES[family.type] ?? ['']).map((suffix) => family.name + suffix);
    if (!names.includes(name ?? '')) refuse('A sample outside its family');
    if (!NUMBER.test(value)) refuse('No number');
    family.samples.push({ name: name ?? '', labels: labelsOf(labels, refuse), value: numberOf(value) });
  }
  for (const family of families.values()) check(family);
  return families;
}

function labelsOf(text: string, refuse: (why: string) => never): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== '';) {
    const [all, name = '', value = ''] = LABEL.exec(rest) ?? refuse('No labels');
    if (name in labels) refuse('A label comes twice');
    labels[name] = value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
    rest = rest.slice(all.length);
  }
  return labels;
}

function numberOf(text: string): number {
  const infinite = /^([-+]?)inf$/i.exec(text);
  if (infinite === null) return Number(text);
  return infinite[1] === '-' ? -Infinity : Infinity;
}

function check({ name, type, samples }: Family): void {
  const series = samples.map((sample) => sample.name + keyOf(sample.labels));
  if (new Set(series).size !== series.length) throw new Error(`${name}: a series comes twice`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0)))
    throw new Error(`${name}: less than nothing`);
  if (type === 'histogram') checkHistogram(name, samples);
}

/** The same labels in another order are the same. */
function keyOf(labels: ExposedSample['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function checkHistogram(name: string, samples: readonly ExposedSample[]): void {
  const groups = new Map<string, ExposedSample[]>();
  for (const sample of samples) {
    const { le: _le, ...labels } = sample.labels;
    const key = keyOf(labels);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, group] of groups) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => numberOf(labels['le'] ?? ''));
    const counts = buckets.map(({ value }) => value);
    const of = (suffix: string): ExposedSample | undefined =>
      group.find((sample) => sample.name === name + suffix);
    const isRising = (values: readonly number[]): boolean =>
      values.every((value, n) => n === 0 || value >= (values[n - 1] ?? 0));
    if (!isRising(bounds) || !isRising(counts)) throw new Error(`${name}${key}: buckets that do not add up`);
    if (bounds.at(-1) !== Infinity || counts.at(-1) !== of('_count')?.value || of('_sum') === undefined)
      throw new Error(`${name}${key}: no end, sum or count`);
  }
}
