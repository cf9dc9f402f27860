import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

interface Keys {
  readonly privateKey: KeyObject;
  readonly publicJwk: object;
  readonly kid: string;
}

/** The RS256 key of the stand-in, made when first needed and kept with the state. */
export class SigningKey {
  private parsed: Keys | undefined;

  constructor(private pem?: string) {}

  /** Undefined as long as nothing was signed. */
  get saved(): string | undefined {
    return this.pem;
  }

  /** The public half, as `GET /oauth2/v3/certs` lists it. */
  publicJwk(): object {
    return this.keys().publicJwk;
  }

  jwt(claims: object): string {
    const { privateKey, kid } = this.keys();
    const signed = `${encode({ alg: 'RS256', kid, typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  private keys(): Keys {
    this.pem ??= newPem();
    this.parsed ??= parse(this.pem);
    return this.parsed;
  }
}

/** Costs up to a second to make; stand-ins of one process may share it. */
let madePem: string | undefined;

function newPem(): string {
  madePem ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
  return madePem;
}

function parse(pem: string): Keys {
  const jwk = createPublicKey(pem).export({ format: 'jwk' });
  const kid = jwk.n?.slice(0, 16) ?? '';
  return {
    privateKey: createPrivateKey(pem),
    publicJwk: { ...jwk, kid, alg: 'RS256', use: 'sig' },
    kid,
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
