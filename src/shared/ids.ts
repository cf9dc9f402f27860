import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';

/** The only source of new ids (UUID). */
export abstract class Ids {
  abstract next(): string;
}

@Injectable()
export class RandomIds extends Ids {
  next(): string {
    return randomUUID();
  }
}

/** Counts up, so that a test can name the ids it will see. */
export class SequentialIds extends Ids {
  private count = 0;

  next(): string {
    this.count += 1;
    return `00000000-0000-4000-8000-${this.count.toString().padStart(12, '0')}`;
  }
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
