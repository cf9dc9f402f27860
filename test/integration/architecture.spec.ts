import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

type Uses = Readonly<Record<string, readonly string[]>>;

interface Rule {
  readonly name: string;
  readonly to: { readonly pathNot?: readonly string[] };
}

const root = new URL('../../', import.meta.url);

/** The table of `.dependency-cruiser.cjs`, from the rules made of it. */
function allowedUses(): Uses {
  const { forbidden }: { forbidden: readonly Rule[] } = createRequire(import.meta.url)(
    new URL('.dependency-cruiser.cjs', root).pathname,
  );
  const suffix = '-uses-only-its-modules';
  const rules = forbidden.filter(({ name }) => name.endsWith(suffix));
  return Object.fromEntries(
    rules.map(({ name, to }) => {
      const module = name.slice(0, -suffix.length);
      const used = (to.pathNot ?? []).map((path) => path.replace(/^\^src\/|\/$/g, ''));
      return [module, used.filter((one) => one !== module)];
    }),
  );
}

/** Without the uses that can also be reached through another. */
function arrowsOf(uses: Uses): string[] {
  return Object.entries(uses).flatMap(([module, used]) =>
    used
      .filter((target) => !used.some((between) => uses[between]?.includes(target)))
      .map((target) => `${module} --> ${target}`),
  );
}

describe('docs/architecture.md', () => {
  const text = readFileSync(new URL('docs/architecture.md', root), 'utf8');

  it('draws the arrows of the dependency table', () => {
    const drawn = text.match(/^ {2}\w+ --> \w+$/gm) ?? [];
    expect(drawn.map((line) => line.trim()).sort()).toEqual(arrowsOf(allowedUses()).sort());
  });

  it('names every module there is', () => {
    const named = [...text.matchAll(/^ {2}(\w+)\["/gm)].map(([, name = '']) => name);
    const folders = readdirSync(new URL('src/', root), { withFileTypes: true });
    const modules = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(named.sort()).toEqual(modules.sort());
  });
});
