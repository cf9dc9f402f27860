export type Colour = 'red' | 'yellow' | 'green' | 'bold';

/** Text, or text that is coloured where colours are shown. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

export type Paint = (text: string, colour: Colour) => string;

const CODES: Readonly<Record<Colour, number>> = { bold: 1, red: 31, green: 32, yellow: 33 };

export const plain: Paint = (text) => text;
export const ansi: Paint = (text, colour) => `\u001b[${CODES[colour]}m${text}\u001b[0m`;

const GAP = '  ';
const MAX_WIDTH = 48;

/** Rows as lines of aligned columns under a head in bold. Long cells are cut. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
): string[] {
  const all: readonly (readonly Cell[])[] = [
    head.map((text) => ({ text, colour: 'bold' as const })),
    ...rows,
  ];
  const widths = head.map((_, column) => Math.max(...all.map((row) => textOf(row[column]).length)));
  return all.map((row) =>
    row
      .map((cell, column) => painted(cell, widths[column] ?? 0, paint))
      .join(GAP)
      .trimEnd(),
  );
}

/** Without control characters and direction overrides: names come from outside, and must not steer a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

function textOf(cell: Cell | undefined): string {
  const text = printable(typeof cell === 'object' ? cell.text : (cell ?? ''));
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 3)}...` : text;
}

function painted(cell: Cell, width: number, paint: Paint): string {
  const text = textOf(cell);
  const padding = ' '.repeat(width - text.length);
  return (typeof cell === 'object' ? paint(text, cell.colour) : text) + padding;
}
