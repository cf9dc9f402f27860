/** JSON for other programs, and still for people to read. */
export function document(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
