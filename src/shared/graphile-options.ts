import type { Logger, LogFunctionFactory, RunnerOptions } from 'graphile-worker';
import type { Log } from './log.js';

/** How many jobs run at once; they wait for others most of the time. */
const CONCURRENCY = 10;
const MAX_LENGTH = 300;

interface Wishes {
  readonly log: Log;
  readonly pollMs: number;
  /** Awaited before the worker of this name takes its first job. */
  readonly beforeFirstJob: (worker: string) => Promise<unknown>;
}

export function graphileOptions(
  LoggerClass: new (factory: LogFunctionFactory) => Logger,
  { log, pollMs, beforeFirstJob }: Wishes,
): RunnerOptions {
  return {
    concurrency: CONCURRENCY,
    pollInterval: pollMs,
    schema: 'graphile_worker',
    noHandleSignals: true,
    logger: new LoggerClass(linesFor(log)),
    preset: {
      // Without a batch, an outage at the end of a job would be an unhandled rejection, and end the process.
      worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      plugins: [
        {
          name: 'SlotkeeperWorkerLock',
          version: '1.0.0',
          worker: {
            hooks: {
              startWorker: async (_, { worker }) => void (await beforeFirstJob(worker.workerPool.id)),
            },
          },
        },
      ],
    },
  };
}

/** What a job does is told by the job itself; of the rest, only trouble is worth a line. */
function linesFor(log: Log): LogFunctionFactory {
  return () => (level, message, meta) => {
    const severity: string = level;
    const isTrouble = (severity === 'error' || severity === 'warning') && meta?.['failure'] !== true;
    const [line = ''] = message.split('\n');
    log[isTrouble ? 'warn' : 'debug']('queue.note', line.slice(0, MAX_LENGTH));
  };
}
