import { describe, expect, it } from '@jest/globals';
import { boundedText } from './bounded-text.js';

interface Sent {
  readonly body: ReadableStream<Uint8Array>;
  /** How many chunks were asked for. */
  pulled: number;
  isCancelled: boolean;
}

function sent(chunks: readonly (string | Uint8Array)[], isEndless = false): Sent {
  const state = { pulled: 0, isCancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = chunks[state.pulled % (isEndless ? chunks.length : Infinity)];
        state.pulled += 1;
        if (chunk === undefined) controller.close();
        else controller.enqueue(Buffer.from(chunk));
      },
      cancel: () => void (state.isCancelled = true),
    },
    { highWaterMark: 0 },
  );
  return Object.assign(state, { body });
}

describe('the text of a body', () => {
  it('is put together from its chunks, also where they part a letter', async () => {
    const bytes = Buffer.from('Grüße');
    const { body } = sent([bytes.subarray(0, 3), bytes.subarray(3)]);
    expect(await boundedText(body, 100)).toBe('Grüße');
  });

  it('has no mark at its beginning', async () => {
    expect(await boundedText(sent(['\ufeff{}']).body, 100)).toBe('{}');
  });

  it('is empty where there is no body', async () => {
    expect(await boundedText(null, 100)).toBe('');
  });

  it('is whole up to the limit, and nothing beyond it', async () => {
    expect(await boundedText(sent(['12345', '67890']).body, 10)).toBe('1234567890');
    expect(await boundedText(sent(['12345', '678901']).body, 10)).toBe('');
  });

  it('is not waited for when it does not end', async () => {
    const endless = sent(['x'.repeat(1000)], true);
    expect(await boundedText(endless.body, 10_000)).toBe('');
    expect(endless).toMatchObject({ pulled: 11, isCancelled: true });
  });
});
