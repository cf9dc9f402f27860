import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * A frame of a stack trace in terms of the sources, when the build left a map beside the file. Node's own
 * `--enable-source-maps` reads the map of every file at every start; this reads one when something went wrong.
 */
export function sourceFrame(frame: string): string {
  const [place, file, line, column] = /(file:\/\/\S+?):(\d+):(\d+)/.exec(frame) ?? [];
  if (place === undefined || file === undefined) return frame;
  try {
    const payload: SourceMapPayload = JSON.parse(readFileSync(fileURLToPath(`${file}.map`), 'utf8'));
    const entry = new SourceMap(payload).findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) return frame;
    const { href } = new URL(entry.originalSource, file);
    return frame.replace(place, `${href}:${entry.originalLine + 1}:${entry.originalColumn + 1}`);
  } catch {
    // A trace without its sources is better than none.
    return frame;
  }
}
