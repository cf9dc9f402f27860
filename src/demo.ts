import { constants } from 'node:os';
import { Unexpected } from './demo-client.js';
import { DemoProcess } from './demo-service.js';
import { tellStory, type RunStep } from './demo-story.js';

const service = new DemoProcess();
const coloured = process.stdout.isTTY && !process.env['NO_COLOR'];
/** Set when somebody ends the demo early; what fails from then on is no news. */
let interrupted: number | undefined;

/** Shows the main job on a service of its own, and ends it whatever happens. @returns the exit status */
async function main(): Promise<number> {
  const startedAt = performance.now();
  const story = { steps: 0, title: '' };
  try {
    await tellStory(numbered(story), async (say) => {
      const running = await service.start(process.env);
      say(`It is ready at ${running.url}; the stand-in is at ${running.sandboxUrl}/sandbox.`);
      return running;
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    print('', bold(`All ${story.steps} steps went as told, in ${seconds} s.`));
    return 0;
  } catch (error) {
    if (interrupted === undefined)
      process.stderr.write(`\nStep ${story.steps} failed: ${story.title}\n${explained(error)}\n`);
    return 1;
  } finally {
    await service.stop();
  }
}

function numbered(story: { steps: number; title: string }): RunStep {
  return async (title, act) => {
    if (interrupted !== undefined) throw new Error('The demo was interrupted.');
    story.steps += 1;
    story.title = title;
    print(bold(`${String(story.steps).padStart(2)}. ${title}`));
    return act((line) => print(`      ${line}`));
  };
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function bold(text: string): string {
  return coloured ? `\u001B[1m${text}\u001B[22m` : text;
}

function explained(error: unknown): string {
  if (error instanceof Unexpected) return `  expected  ${error.expected}\n  got       ${error.got}`;
  const output = service.lastOutput();
  return `  ${String(error)}${output === '' ? '' : `\n  The service wrote last:\n${output}`}`;
}

/** Ctrl-C, a closed terminal, or a reader of the output that went away. */
function interrupt(status: number): void {
  interrupted ??= status;
  const end = (): never => process.exit(status);
  service.stop().then(end, end);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => interrupt(128 + constants.signals[signal]));
process.stdout.once('error', () => interrupt(1));

process.exitCode = await main().then((status) => interrupted ?? status);
