/** So many letters of three may differ. */
const TOLERANCE = 3;

/** The one of `names` that `text` is most likely a misspelling of; null when it is like none of them. */
export function nearestName(text: string, names: readonly string[]): string | null {
  const byDistance = names.map((name) => ({ name, distance: editDistance(text, name) }));
  const [nearest] = byDistance.sort((a, b) => a.distance - b.distance);
  if (nearest === undefined) return null;
  return nearest.distance <= Math.max(1, Math.floor(nearest.name.length / TOLERANCE)) ? nearest.name : null;
}

/** Letters to add, drop or change (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
