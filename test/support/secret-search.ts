/** The secrets of a run by kind, to look for in whatever it left behind. */
export type SecretsByKind = Readonly<Record<string, ReadonlySet<string>>>;

const SHORTEST = 16;

/** What of `secrets` can be found in `text`: plain, URL-encoded, in base64 or in hex, also as part of something longer. */
export function secretsIn(text: string, secrets: SecretsByKind): string[] {
  const found: string[] = [];
  const lowerCase = text.toLowerCase();
  for (const [kind, values] of Object.entries(secrets))
    for (const secret of values) {
      if (secret.length < SHORTEST)
        throw new Error(`A ${kind} of ${secret.length} characters proves nothing.`);
      for (const [disguise, look] of disguises(secret))
        if (text.includes(look) || (disguise === 'hex' && lowerCase.includes(look)))
          found.push(`${kind} ${disguise} at ${around(text, look)}`);
    }
  return found;
}

function disguises(secret: string): [string, string][] {
  const hex = Buffer.from(secret).toString('hex');
  const looks: [string, string][] = [
    ['plain', secret],
    ['url-encoded', encodeURIComponent(secret)],
    ['hex', hex],
  ];
  for (const encoding of ['base64', 'base64url'] as const)
    for (const offset of [0, 1, 2]) looks.push([encoding, inside(secret, encoding, offset)]);
  return looks;
}

/** The letters that stand for nothing but the secret, when it begins `offset` bytes after a multiple of three. */
function inside(secret: string, encoding: 'base64' | 'base64url', offset: number): string {
  const bytes = Buffer.from(secret);
  const whole = bytes.subarray((3 - offset) % 3);
  return whole.subarray(0, whole.length - (whole.length % 3)).toString(encoding);
}

function around(text: string, look: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(look.toLowerCase()));
  return JSON.stringify(text.slice(Math.max(0, at - 80), at + 20));
}
