import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sourceFrame } from './source-frame.js';

describe('sourceFrame', () => {
  let folder: string;
  const url = (name: string): string => pathToFileURL(join(folder, name)).href;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slotkeeper-frames-'));
    // The first column of the second line comes from the third column of the sixth line.
    const map = { version: 3, sources: ['../src/claim slot.ts'], names: [], mappings: ';AAKE' };
    writeFileSync(join(folder, 'claim.js.map'), JSON.stringify(map));
    writeFileSync(join(folder, 'broken.js.map'), 'no map');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('names the line of the source', () => {
    const source = new URL('../src/claim%20slot.ts', url('claim.js')).href;
    expect(sourceFrame(`at async claim (${url('claim.js')}:2:1)`)).toBe(`at async claim (${source}:6:3)`);
    expect(sourceFrame(`at ${url('claim.js')}:2:9`)).toBe(`at ${source}:6:3`);
  });

  it('leaves a frame as it is that no map tells more of', () => {
    for (const frame of [
      `at claim (${url('claim.js')}:1:1)`,
      `at claim (${url('other.js')}:2:1)`,
      `at claim (${url('broken.js')}:2:1)`,
      'at node:internal/process/task_queues:105:5',
      'at /app/node_modules/pg/lib/client.js:545:17',
      'at Array.map (<anonymous>)',
      '',
    ])
      expect(sourceFrame(frame)).toBe(frame);
  });
});
