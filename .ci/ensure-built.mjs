// Builds what is older than its sources: the service into dist/, the dashboard into dist/dashboard/. Where a compiler is
// not installed, as after `npm prune --omit=dev`, what was built before is what runs.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const parts = [
  {
    stamp: '.built',
    compiler: ['@nestjs/cli/bin/nest.js', 'build'],
    sources: ['src', 'migrations', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'],
  },
  {
    stamp: '.dashboard-built',
    compiler: ['vite/bin/vite.js', 'build', 'dashboard'],
    sources: ['dashboard', 'package.json'],
  },
];

/** Folders count too: their time changes when a file in them is added or removed. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

for (const { stamp: name, compiler, sources } of parts) {
  const stamp = join(root, 'dist', name);
  const [file, ...words] = compiler;
  const program = join(root, 'node_modules', file);
  const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  const isStale = Math.max(...sources.map((source) => newest(join(root, source)))) > builtAt;
  if (!isStale || !existsSync(program)) continue;
  // Standard output belongs to the command that is about to run.
  execFileSync(process.execPath, [program, ...words], { cwd: root, stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, '');
}
