const LENGTH_BYTES = 4;
/** Parse, bind, describe, execute and close: the server may wait for more before it answers. */
const UNFINISHED = new Set([...'PBDEC'].map((letter) => letter.charCodeAt(0)));

/**
 * Cuts what a client sends to Postgres into statements: all messages up to one that asks for an answer.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class StatementSplitter {
  #pending = Buffer.alloc(0);
  /** Where the next message begins. */
  #at = 0;
  /** The very first message has no type. */
  #typeBytes = 0;

  push(chunk: Buffer): Buffer[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const statements: Buffer[] = [];
    for (let end = this.#messageEnd(); end !== null; end = this.#messageEnd()) {
      const isFinished = this.#typeBytes === 0 || !UNFINISHED.has(this.#pending[this.#at] ?? 0);
      this.#typeBytes = 1;
      this.#at = end;
      if (!isFinished) continue;
      statements.push(this.#pending.subarray(0, end));
      this.#pending = this.#pending.subarray(end);
      this.#at = 0;
    }
    return statements;
  }

  /** Null while the message is not complete. */
  #messageEnd(): number | null {
    const lengthAt = this.#at + this.#typeBytes;
    if (this.#pending.length < lengthAt + LENGTH_BYTES) return null;
    const end = lengthAt + this.#pending.readUInt32BE(lengthAt);
    return this.#pending.length < end ? null : end;
  }
}
