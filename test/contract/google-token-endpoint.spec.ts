import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { GoogleTokenEndpoint } from '../../src/oauth/google/google-token-endpoint.js';
import { SystemClock } from '../../src/shared/clock.js';
import { Secret } from '../../src/shared/secret.js';
import { RecordingMetrics } from '../fakes/recording-metrics.js';
import { aConfig } from '../support/a-config.js';
import { failureOf } from '../support/token-bench.js';

let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Answers with one status after the other, and keeps what it was sent. */
async function tokenEndpoint(
  statuses: readonly number[],
): Promise<{ endpoint: GoogleTokenEndpoint; sent: string[] }> {
  const sent: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const status = statuses[sent.push(await text(request)) - 1] ?? 200;
    response.writeHead(status, { location: '/elsewhere' });
    response.end(JSON.stringify({ access_token: 'ya29.a0', expires_in: 3599 }));
  };
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  const config = aConfig();
  const google = { ...config.google, tokenUrl: `http://127.0.0.1:${port}/token` };
  const metrics = new RecordingMetrics();
  return { endpoint: new GoogleTokenEndpoint({ ...config, google }, new SystemClock(), metrics), sent };
}

const refreshed = (endpoint: GoogleTokenEndpoint): ReturnType<GoogleTokenEndpoint['refresh']> =>
  endpoint.refresh(new Secret('the-refresh-token'), AbortSignal.timeout(5000));

describe('a token request', () => {
  it('never goes out without its refresh token, also where the HTTP client repeats it by itself', async () => {
    const { endpoint, sent } = await tokenEndpoint([421]);
    expect((await refreshed(endpoint)).accessToken.reveal()).toBe('ya29.a0');
    for (const body of sent) expect(new URLSearchParams(body).get('refresh_token')).toBe('the-refresh-token');
  });

  it.each([301, 302, 303, 307, 308])('takes its secrets to no other address (%d)', async (status) => {
    const { endpoint, sent } = await tokenEndpoint([status]);
    expect(await failureOf(refreshed(endpoint))).toMatchObject({
      category: 'connection_error',
      code: `http_${status}`,
      needsReauth: false,
    });
    expect(sent).toHaveLength(1);
  });
});
