import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where `npm run build` leaves the service. */
export const DIST = resolve(fileURLToPath(import.meta.url), '../../../dist/src');

/** A module of the service, by its place below src. */
export function built(file) {
  return import(pathToFileURL(join(DIST, file)).href);
}

export function needBuild() {
  if (!existsSync(join(DIST, 'main.js'))) stop('no build: run `npm run build` first');
}

/** Nothing could be measured. */
export function stop(message) {
  console.error(message);
  process.exit(2);
}
