import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Cipher, Undecryptable } from '../../shared/cipher.js';
import { sha256 } from '../../shared/hashing.js';
import type { Secret } from '../../shared/secret.js';
import type { Instant } from '../../shared/time.js';
import { AuthorizationStates, type PendingAuthorization } from '../authorization-states.js';
import { OAuthStateEntity } from './oauth-state.entity.js';
import { sealedPlace } from './sealed-place.js';

interface StateRow {
  readonly workspace_id: string;
  readonly connection_id: string | null;
  readonly code_verifier: string;
  readonly return_url: string | null;
}

/** Stores only a hash of the state, and the verifier encrypted: a database dump cannot finish anyone's flow. */
@Injectable()
export class PostgresAuthorizationStates extends AuthorizationStates {
  constructor(
    @InjectRepository(OAuthStateEntity) private readonly rows: Repository<OAuthStateEntity>,
    private readonly cipher: Cipher,
  ) {
    super();
  }

  async save(state: string, pending: PendingAuthorization, validMs: number): Promise<Instant> {
    const hash = sha256(state);
    const verifier = this.cipher.encrypt(pending.codeVerifier, place(hash));
    const { workspaceId, connectionId, returnUrl } = pending;
    const [row]: { expires_at: Date }[] = await this.rows.query(
      `INSERT INTO oauth_states (state_hash, workspace_id, connection_id, provider, code_verifier, return_url, expires_at)
       VALUES ($1, $2, $3, 'google', $4, $5, now() + $6 * interval '1 millisecond') RETURNING expires_at`,
      [hash, workspaceId, connectionId, verifier, returnUrl, validMs],
    );
    return row?.expires_at.getTime() ?? 0;
  }

  async redeem(state: string): Promise<PendingAuthorization | null> {
    const hash = sha256(state);
    const [rows]: [(StateRow & { valid: boolean })[], number] = await this.rows.query(
      `DELETE FROM oauth_states WHERE state_hash = $1 AND provider = 'google' RETURNING *, expires_at > now() AS valid`,
      [hash],
    );
    const [row] = rows;
    const codeVerifier = row?.valid ? this.#opened(row.code_verifier, hash) : null;
    if (row === undefined || codeVerifier === null) return null;
    return {
      workspaceId: row.workspace_id,
      connectionId: row.connection_id,
      codeVerifier,
      returnUrl: row.return_url,
    };
  }

  async removeExpired(): Promise<number> {
    const [, count]: [unknown[], number] = await this.rows.query(
      'DELETE FROM oauth_states WHERE expires_at < now()',
    );
    return count;
  }

  /** Null for one that was altered, or sealed with a lost key: it is as useless as one that has ended (F69). */
  #opened(verifier: string, hash: Buffer): Secret | null {
    try {
      return this.cipher.decrypt(verifier, place(hash));
    } catch (error) {
      if (error instanceof Undecryptable) return null;
      throw error;
    }
  }
}

function place(hash: Buffer): string {
  return sealedPlace('oauth_states', hash.toString('hex'), 'code_verifier');
}
