import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { IdempotencyKeys, type Answer, type KeyedRequest, type Turn } from '../idempotency-keys.js';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';

/** A key is had by whoever brings it first, finds it a day old, or finds its owner gone. */
const BEGIN = `
  INSERT INTO idempotency_keys AS held (workspace_id, key, request_hash, booking_id, locked_until)
  VALUES ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')
  ON CONFLICT ON CONSTRAINT pk_idempotency_keys DO UPDATE SET
    request_hash = excluded.request_hash, locked_until = excluded.locked_until, status = NULL, body = NULL,
    booking_id = CASE WHEN held.created_at <= now() - interval '24 hours' THEN excluded.booking_id
                      ELSE held.booking_id END,
    created_at = CASE WHEN held.created_at <= now() - interval '24 hours' THEN now() ELSE held.created_at END
  WHERE held.created_at <= now() - interval '24 hours'
     OR (held.status IS NULL AND held.locked_until <= now() AND held.request_hash = excluded.request_hash)
  RETURNING booking_id`;

const LOOK = `SELECT request_hash, status, body FROM idempotency_keys WHERE workspace_id = $1 AND key = $2`;

const SETTLE = `
  UPDATE idempotency_keys SET status = $4, body = $5
  WHERE workspace_id = $1 AND key = $2 AND request_hash = $3 AND status IS NULL`;

/** After a refusal nothing is left of a key, unless a booking stands under it: that one must be found again. */
const RELEASE = `
  WITH kept AS (
    UPDATE idempotency_keys k SET locked_until = now()
    FROM bookings b
    WHERE k.workspace_id = $1 AND k.key = $2 AND k.request_hash = $3 AND k.status IS NULL
      AND b.id = k.booking_id AND b.status <> 'failed'
    RETURNING k.key)
  DELETE FROM idempotency_keys k
  WHERE k.workspace_id = $1 AND k.key = $2 AND k.request_hash = $3 AND k.status IS NULL
    AND NOT EXISTS (SELECT FROM kept)`;

const FORGET = `
  WITH forgotten AS (
    DELETE FROM idempotency_keys WHERE created_at <= now() - interval '24 hours' RETURNING key)
  SELECT count(*)::int AS count FROM forgotten`;

interface KeyRow {
  readonly request_hash: string;
  readonly status: number | null;
  readonly body: string | null;
}

@Injectable()
export class PostgresIdempotencyKeys extends IdempotencyKeys {
  constructor(
    @InjectRepository(IdempotencyKeyEntity) private readonly rows: Repository<IdempotencyKeyEntity>,
  ) {
    super();
  }

  async begin<T>(request: KeyedRequest, bookingId: string, leaseMs: number): Promise<Turn<T>> {
    const values = [request.workspaceId, request.key, request.hash, bookingId, leaseMs];
    const [taken]: { booking_id: string }[] = await this.rows.query(BEGIN, values);
    if (taken !== undefined)
      return { state: taken.booking_id === bookingId ? 'first' : 'again', bookingId: taken.booking_id };
    const [row]: KeyRow[] = await this.rows.query(LOOK, [request.workspaceId, request.key]);
    return turnOf(row, request);
  }

  async settle({ workspaceId, key, hash }: KeyedRequest, { status, body }: Answer<unknown>): Promise<void> {
    await this.rows.query(SETTLE, [workspaceId, key, hash, status, JSON.stringify(body)]);
  }

  async release({ workspaceId, key, hash }: KeyedRequest): Promise<void> {
    await this.rows.query(RELEASE, [workspaceId, key, hash]);
  }

  async forget(): Promise<number> {
    const [row]: { count: number }[] = await this.rows.query(FORGET);
    return row?.count ?? 0;
  }
}

/** Without a row, the first request was refused just now: the caller may come again at once. */
function turnOf<T>(row: KeyRow | undefined, { hash }: KeyedRequest): Turn<T> {
  if (row === undefined) return { state: 'running' };
  if (row.request_hash !== hash) return { state: 'other_request' };
  if (row.status === null || row.body === null) return { state: 'running' };
  return { state: 'answered', answer: { status: row.status, body: JSON.parse(row.body) } };
}
