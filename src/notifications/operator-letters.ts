import { Injectable } from '@nestjs/common';
import { Config } from '../shared/config.js';
import { letterTo } from './letter.js';
import type { Mail, OperatorFault } from './mail.js';
import { operatorLetter } from './operator-letter.js';
import type { Letter } from './postman.js';

/** E-mails about the service itself, to whoever operates it. */
@Injectable()
export class OperatorLetters {
  constructor(private readonly config: Config) {}

  /** Null when there is no operator to write to. */
  write(mail: Mail & { readonly fault: OperatorFault }): Letter | null {
    const to = this.config.mail?.operatorEmail ?? null;
    return to === null ? null : letterTo(to, mail, operatorLetter(mail, this.config.publicUrl));
  }
}
