import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { FAILURE_TABLE } from '../../src/google/failure-table.js';
import { failureTaxonomy } from '../../src/google/failure-taxonomy.js';

const kept = readFileSync(new URL('../../docs/failure-taxonomy.md', import.meta.url), 'utf8');

describe('docs/failure-taxonomy.md', () => {
  it('is what the failure table says (npm run taxonomy writes it)', () => {
    expect(kept).toBe(failureTaxonomy());
  });

  it('has a line of eight cells for every row', () => {
    const lines = kept.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
    const rows = FAILURE_TABLE.flatMap((section) => section.rows);
    expect(lines).toHaveLength(rows.length + FAILURE_TABLE.length);
    expect(new Set(lines.map((line) => line.split(' | ').length))).toEqual(new Set([8]));
  });
});
