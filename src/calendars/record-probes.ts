import { Injectable } from '@nestjs/common';
import { Connections } from '../oauth/connections.js';
import type { Failure } from '../shared/failure.js';
import { Calendars, type CalendarCheck } from './calendars.js';
import { newsOf } from './connection-news.js';
import { isJudged, type ConnectionProbe } from './probe-connection.js';

/** Records what probes found out, of any number of connections, with two statements at most. */
@Injectable()
export class RecordProbes {
  constructor(
    private readonly calendars: Calendars,
    private readonly connections: Connections,
  ) {}

  async execute(probes: readonly ConnectionProbe[]): Promise<void> {
    await this.calendars.recordChecks(probes.flatMap(checksOf));
    await this.connections.noteOutcomes(new Map(probes.flatMap(outcomeOf)));
  }
}

function checksOf({ reads, at, durationMs }: ConnectionProbe): CalendarCheck[] {
  return reads.filter(isJudged).map((reading) => ({ ...reading, at, durationMs }));
}

function outcomeOf({ connection, failure, at }: ConnectionProbe): [string, Failure | null][] {
  const news = newsOf(connection, failure, at);
  return news === undefined ? [] : [[connection.id, news]];
}
