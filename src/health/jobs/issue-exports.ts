import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { record } from '../../shared/record.js';
import { replaceFile } from '../../shared/replace-file.js';
import { ExportFailed } from '../health.errors.js';
import type { IssueExportView } from '../health-report-view.js';

const KEPT = 30;
/** Also the draft of one that was never finished. */
const NAME = /^calendar-issues-[\dTZ]+\.json(\.\d+\.tmp)?$/;

/** The issues of each scheduled check as a file of their own. Nothing is written while no folder is configured. */
@Injectable()
export class IssueExports {
  constructor(private readonly config: Config) {}

  /** @throws ExportFailed */
  async add(issues: IssueExportView): Promise<void> {
    const { exportDir } = this.config;
    if (exportDir === null) return;
    try {
      await mkdir(exportDir, { recursive: true });
      const name = `calendar-issues-${issues.generated_at.replace(/[-:]|\.\d+/g, '')}.json`;
      await replaceFile(join(exportDir, name), `${JSON.stringify(issues, null, 2)}\n`);
      await forgetOldest(exportDir);
    } catch (cause) {
      throw new ExportFailed(String(record(cause)['code']), { cause });
    }
  }
}

/** Names are instants, so that they sort by age. */
async function forgetOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const drafts = names.filter((name) => name.endsWith('.tmp'));
  const complete = names.filter((name) => !name.endsWith('.tmp'));
  for (const name of [...drafts, ...complete.slice(0, -KEPT)]) await rm(join(folder, name), { force: true });
}
