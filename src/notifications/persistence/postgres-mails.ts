import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Instant } from '../../shared/time.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import type { Mail, MailKey, MailStatus, PlannedMail } from '../mail.js';
import { Mails, type Claim, type RefusedMail } from '../mails.js';
import { MailEntity } from './mail.entity.js';
import * as sql from './mail-statements.js';

@Injectable()
export class PostgresMails extends Mails {
  constructor(@InjectRepository(MailEntity) private readonly rows: Repository<MailEntity>) {
    super();
  }

  async plan(mails: readonly PlannedMail[]): Promise<void> {
    await this.rows.query(sql.PLAN, [JSON.stringify(mails)]);
  }

  async find({ episode, step }: MailKey): Promise<Mail | null> {
    const row = await this.rows.findOneBy({ episode, step });
    return row && mailOfRow(row);
  }

  async lastFirstAt(connectionId: string): Promise<Instant | null> {
    const [row]: { at: Instant | null }[] = await this.rows.query(sql.LAST_FIRST, [connectionId]);
    return row?.at ?? null;
  }

  async toldEpisode(connectionId: string): Promise<Pick<Mail, 'episode' | 'episodeBeganAt'> | null> {
    const [row]: Pick<Mail, 'episode' | 'episodeBeganAt'>[] = await this.rows.query(sql.TOLD_EPISODE, [
      connectionId,
    ]);
    return row ?? null;
  }

  async recipientOf(episode: string): Promise<string | null> {
    const [row]: { recipient: string | null }[] = await this.rows.query(sql.RECIPIENT, [episode]);
    return row?.recipient ?? null;
  }

  async claim({ episode, step }: MailKey, recipient: string, calmMs: number): Promise<Claim> {
    const [row]: { status: MailStatus }[] = await this.rows.query(sql.CLAIM, [
      episode,
      step,
      recipient,
      calmMs,
    ]);
    if (row === undefined) return 'taken';
    if (row.status === 'sending') return 'claimed';
    return row.status === 'planned' ? 'early' : 'over';
  }

  async settle({ episode, step }: MailKey, status: MailStatus, smtpStatus: number | null): Promise<void> {
    await this.rows.query(sql.SETTLE, [episode, step, status, smtpStatus]);
  }

  async postpone({ episode, step }: MailKey, pauseMs: number): Promise<void> {
    await this.rows.query(sql.POSTPONE, [episode, step, pauseMs]);
  }

  async reschedule({ episode, step }: MailKey, delayMs: number): Promise<void> {
    await this.rows.query(sql.RESCHEDULE, [episode, step, delayMs]);
  }

  async cancel({ episode, step }: MailKey): Promise<void> {
    await this.rows.query(sql.CANCEL, [episode, step]);
  }

  async cancelStale(connectionId: string): Promise<void> {
    await this.rows.query(sql.CANCEL_STALE, [connectionId]);
  }

  async refused(scope: WorkspaceScope): Promise<RefusedMail[]> {
    return this.rows.query(sql.REFUSED, [scope === 'all' ? null : scope.workspaceId]);
  }

  async removeOlderThan(ageMs: number): Promise<void> {
    await this.rows.query(sql.FORGET, [ageMs]);
  }
}

function mailOfRow(row: MailEntity): Mail {
  const { episode, step, connectionId, fault, episodeBeganAt, dueAt, status, attempts, recipient } = row;
  return { episode, step, connectionId, fault, episodeBeganAt, dueAt, status, attempts, recipient };
}
