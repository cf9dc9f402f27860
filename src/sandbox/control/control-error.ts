import { jsonReply, type Reply } from '../messages.js';

/** A request to the control API that cannot be met; the answer names the field at fault. */
export class ControlError extends Error {
  constructor(
    readonly status: number,
    readonly field: string,
    message: string,
  ) {
    super(message);
  }

  reply(): Reply {
    return jsonReply(this.status, { error: { field: this.field, message: this.message } });
  }
}
