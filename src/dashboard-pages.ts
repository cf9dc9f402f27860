import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const FOLDER = fileURLToPath(new URL('../dashboard', import.meta.url));
const PAGE = 'index.html';
const LONG = 'public, max-age=31536000, immutable';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Scripts, styles and answers come from this service alone, nothing stands inside a page, and no other page frames it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Vary: 'Accept-Encoding',
};

interface Asset {
  readonly type: string;
  /** Names that a build makes from the content never stand for another one. */
  readonly caching: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

/** The files of the dashboard, as `npm run build` left them. They hold no data: that needs a session. */
export function serveDashboard(app: NestFastifyApplication, folder = FOLDER): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  let assets: Promise<ReadonlyMap<string, Asset>> | undefined;
  const show = async (
    { params, headers }: FastifyRequest<PathParams>,
    reply: FastifyReply,
  ): Promise<unknown> => {
    assets ??= loadAssets(folder);
    const known = await assets;
    const path = params['*'] ?? '';
    // Every other address is one of the page's own.
    const asset = known.get(path) ?? (path.includes('.') ? undefined : known.get(PAGE));
    if (asset === undefined) return reply.callNotFound();
    const zips = /\bgzip\b/.test(headers['accept-encoding']?.toString() ?? '');
    return reply
      .headers({ ...HEADERS, 'Content-Type': asset.type, 'Cache-Control': asset.caching })
      .headers(zips ? { 'Content-Encoding': 'gzip' } : {})
      .send(zips ? asset.zipped : asset.plain);
  };
  for (const path of ['/dashboard', '/dashboard/*']) fastify.get<PathParams>(path, show);
}

interface PathParams {
  Params: { readonly '*'?: string };
}

/** Read and compressed once, when somebody first looks. Without a build there is nothing. */
async function loadAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const files = names.filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(
    await Promise.all(files.map(async (name) => [name, await loadAsset(folder, name)] as const)),
  );
}

async function loadAsset(folder: string, name: string): Promise<Asset> {
  const plain = readFileSync(join(folder, name));
  return {
    type: TYPES[extname(name)] ?? '',
    caching: name.startsWith('assets/') ? LONG : 'no-cache',
    plain,
    zipped: await promisify(gzip)(plain, { level: 9 }),
  };
}
