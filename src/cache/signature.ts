import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';
import { BuildError } from '../errors/index.ts';

/** What every way of signing is called in front of a record. */
export const SIGNATURE_NAMES = ['sha256', 'hmac-sha256', 'ed25519'] as const;

/** A way to sign texts. */
export interface Signature {
  readonly name: (typeof SIGNATURE_NAMES)[number];
  /** False for a public key. */
  readonly signs: boolean;
  /** Throws USAGE where the key only verifies. */
  sign(text: string): Buffer;
  verify(text: string, signature: Buffer): boolean;
}

/**
 * The way of a key: a private or public ed25519 key in PEM signs with it, any other text is the key of an HMAC, and without
 * one texts carry their digest. Throws USAGE for PEM that is no such key.
 */
export function signatureOf(key: string | undefined): Signature {
  if (key === undefined) return digestOf('sha256', (text) => createHash('sha256').update(text).digest());
  if (!/^\s*-----BEGIN /.test(key))
    return digestOf('hmac-sha256', (text) => createHmac('sha256', key).update(text).digest());
  return key.includes('PRIVATE KEY-----') ? pairOf(key) : verifierOf(key);
}

function digestOf(name: Signature['name'], digest: (text: string) => Buffer): Signature {
  return {
    name,
    signs: true,
    sign: digest,
    verify: (text, signature) => {
      const right = digest(text);
      return signature.length === right.length && timingSafeEqual(signature, right);
    },
  };
}

function pairOf(pem: string): Signature {
  const key = ed25519(() => createPrivateKey(pem));
  return {
    ...withPublic(createPublicKey(key)),
    signs: true,
    sign: (text) => sign(null, Buffer.from(text), key),
  };
}

function verifierOf(pem: string): Signature {
  return withPublic(ed25519(() => createPublicKey(pem)));
}

function withPublic(key: KeyObject): Signature {
  return {
    name: 'ed25519',
    signs: false,
    sign: () => {
      throw new BuildError('USAGE', 'the signing key of the cache is a public one: it signs nothing');
    },
    verify: (text, signature) => signature.length === 64 && verify(null, Buffer.from(text), key, signature),
  };
}

/** Nothing of the key is in what is thrown. */
function ed25519(read: () => KeyObject): KeyObject {
  const key = attempt(read);
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new BuildError('USAGE', 'the signing key of the cache is no ed25519 key', {
    hint: 'make one with openssl genpkey -algorithm ed25519, and its public half with openssl pkey -pubout',
  });
}

function attempt(read: () => KeyObject): KeyObject | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
