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

const [PARSE, BIND] = [...'PB'].map((letter) => letter.charCodeAt(0));

/** What a client prepared on its connection: later it only sends the name and the parameters. */
export class PreparedTexts {
  readonly #texts = new Map<string, Buffer>();

  /** The statement with the text that it names. */
  whole(statement: Buffer): Buffer {
    const [first = '', second = ''] = statement.toString('latin1', 1 + LENGTH_BYTES).split('\0', 2);
    if (statement[0] === PARSE && first !== '') this.#texts.set(first, Buffer.from(second, 'latin1'));
    const text = statement[0] === BIND ? this.#texts.get(second) : undefined;
    return text === undefined ? statement : Buffer.concat([text, statement]);
  }
}
