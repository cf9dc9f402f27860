import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';

/** The RS256 key of the stand-in, made when first needed and kept with the state. */
export class SigningKey {
  constructor(private pem?: string) {}

  /** Undefined as long as nothing was signed. */
  get saved(): string | undefined {
    return this.pem;
  }

  jwt(claims: object): string {
    const head = encode({ alg: 'RS256', kid: this.kid(), typ: 'JWT' });
    const signed = `${head}.${encode(claims)}`;
    const signature = sign('RSA-SHA256', Buffer.from(signed), createPrivateKey(this.private()));
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** The public half, as `GET /oauth2/v3/certs` lists it. */
  publicJwk(): JsonWebKey {
    const jwk = createPublicKey(this.private()).export({ format: 'jwk' });
    return { ...jwk, kid: this.kid(), alg: 'RS256', use: 'sig' };
  }

  private kid(): string {
    const { n = '' } = createPublicKey(this.private()).export({ format: 'jwk' });
    return n.slice(0, 16);
  }

  private private(): string {
    this.pem ??= generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey;
    return this.pem;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
