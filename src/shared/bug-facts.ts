import type { LogFields } from './log.js';
import { sourceFrame } from './source-frame.js';

const FRAMES = 7;

/** What a log line may tell of an error that nobody expected: its message could repeat what was sent, or a secret. */
export function bugFacts(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error, stack: null };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line));
  const stack = frames.slice(0, FRAMES).map((frame) => sourceFrame(frame.trim()));
  return { error: error.name, stack: stack.join(' | ') };
}
