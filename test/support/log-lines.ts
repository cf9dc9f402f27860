import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { grouped } from '../../src/shared/grouped.js';
import type { LogLine, Service } from './service.js';

/** The lines of requests, by request. The last line of a later request comes after all of them. */
export async function linesOf(service: Service, ...requestIds: unknown[]): Promise<LogLine[][]> {
  const mark = randomUUID();
  await service.call('GET', '/api/health/live', { headers: { 'X-Request-Id': mark } });
  while (!service.output().includes(mark)) await delay(5);
  const byId = grouped(service.log(), (line) => line['request_id']);
  return requestIds.map((id) => byId.get(id) ?? []);
}
