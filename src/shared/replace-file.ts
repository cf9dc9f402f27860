import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

/** Replaces the file as a whole, so that no reader ever finds half of it; only its owner may read it. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const known = await stat(target).catch(() => null);
  // A device or a pipe is written to; replacing it by a file would take it away from everybody.
  if (known !== null && !known.isFile()) return writeFile(target, text);
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
