import { expect } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('../fixtures/cli/', import.meta.url);

/** As wide as any other, so that columns stay where they were. */
const SOME_ID = '00000000-0000-4000-8000-000000000000';

/** Compares with a file under test/fixtures/cli. With UPDATE_GOLDEN=1, writes it instead, for somebody to look at. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(name, FOLDER);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}

/** What differs from run to run is told by its kind, and what steers a terminal is made visible. */
export function comparableOutput(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\u001b', '␛')
    .replaceAll('\r', '␍')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replaceAll(/link=[\w.-]+/g, 'link=<link>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, SOME_ID);
}
