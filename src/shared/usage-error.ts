/** The command was not asked for in a way it understands. `message` is one sentence that says what to change. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
