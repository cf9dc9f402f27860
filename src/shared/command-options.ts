import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearestName } from './nearest-name.js';
import { record } from './record.js';
import { UsageError } from './usage-error.js';

type Declared = NonNullable<ParseArgsConfig['options']>;

/** The options of a command line that takes no other arguments. @throws UsageError */
export function commandOptions<T extends Declared>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    const { message = error } = record(error);
    const [sentence = ''] = String(message).split(/\. |\n/);
    throw new UsageError(`${sentence.replace(/\.$/, '')}.${hint(sentence, Object.keys(options))}`);
  }
}

/** What the message quotes is what was not understood: `'--chekc-all'`, or `'check-all'` without its dashes. */
function hint(message: string, names: readonly string[]): string {
  const [, word = ''] = /^Un\w+ \w+ '(?:--)?([^'=]+)/.exec(message) ?? [];
  const meant = nearestName(word, names);
  return meant === null ? '' : ` Did you mean --${meant}?`;
}
