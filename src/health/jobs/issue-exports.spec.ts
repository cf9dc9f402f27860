import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aConfig } from '../../../test/support/a-config.js';
import type { IssueExportView } from '../health-report-view.js';
import { IssueExports } from './issue-exports.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'issue-exports-'));
});

afterEach(() => rm(folder, { recursive: true }));

const issuesAt = (generated_at: string): IssueExportView => ({ generated_at, version: 1, issues: [] });
const exportsTo = (exportDir: string | null): IssueExports => new IssueExports(aConfig({ exportDir }));
const onDay = (day: number): IssueExportView => issuesAt(new Date(Date.UTC(2027, 0, day, 6)).toISOString());

describe('exports of the issues', () => {
  it('are files named by their time, for their owner only, in a folder that is made for them', async () => {
    const inside = join(folder, 'a', 'b');
    await exportsTo(inside).add(issuesAt('2027-03-10T06:00:00Z'));
    expect(await readdir(inside)).toEqual(['calendar-issues-20270310T060000Z.json']);
    const file = join(inside, 'calendar-issues-20270310T060000Z.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(issuesAt('2027-03-10T06:00:00Z'));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('are kept thirty times; what else lies in the folder is left alone', async () => {
    await writeFile(join(folder, 'notes.json'), '');
    await writeFile(join(folder, 'calendar-issues-20270101T060000Z.json.4711.tmp'), 'half of an ex');
    for (let day = 1; day <= 33; day += 1) await exportsTo(folder).add(onDay(day));
    const names = (await readdir(folder)).sort();
    expect(names).toHaveLength(31);
    expect([names.at(0), names.at(29), names.at(30)]).toEqual([
      'calendar-issues-20270104T060000Z.json',
      'calendar-issues-20270202T060000Z.json',
      'notes.json',
    ]);
  });

  it('that cannot be written fail, and say why', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(exportsTo(join(folder, 'file')).add(onDay(1))).rejects.toThrow(
      'The issues could not be written to EXPORT_DIR: EEXIST.',
    );
  });

  it('are not made without a folder', async () => {
    await exportsTo(null).add(onDay(1));
    expect(await readdir(folder)).toEqual([]);
  });
});
