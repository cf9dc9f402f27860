import { Injectable } from '@nestjs/common';
import type { Mail } from './mail.js';
import { OperatorLetters } from './operator-letters.js';
import { OwnerLetters } from './owner-letters.js';
import type { Letter } from './postman.js';

/** Writes an e-mail at the moment it is sent, so that what it says is true, and its link is fresh. */
@Injectable()
export class ComposeLetter {
  constructor(
    private readonly owners: OwnerLetters,
    private readonly operators: OperatorLetters,
  ) {}

  /** Null when there is nobody to write to. */
  async execute(mail: Mail): Promise<Letter | null> {
    const { connectionId, fault } = mail;
    if (connectionId !== null) return this.owners.write({ ...mail, connectionId });
    return fault === null ? null : this.operators.write({ ...mail, fault });
  }
}
