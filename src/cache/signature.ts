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

/** What ways of signing are called in front of a record: with a key, by what it is, and 16 digits that tell keys apart. */
export const SIGNATURE_NAME = /^(?:sha256|(?:hmac-sha256|ed25519)-[a-f0-9]{16})$/;

/** A way to sign texts. */
export interface Signature {
  /** For people who look through a cache: nothing is believed because of it. */
  readonly name: string;
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
  if (!/^\s*-----BEGIN /.test(key)) return hmacOf(key);
  return key.includes('PRIVATE KEY-----') ? pairOf(key) : verifierOf(key);
}

function hmacOf(key: string): Signature {
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return digestOf(`hmac-sha256-${shortened(digest('name of the key'))}`, digest);
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
  const id = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
  return {
    name: `ed25519-${shortened(id)}`,
    signs: false,
    sign: () => {
      throw new BuildError('USAGE', 'the signing key of the cache is a public one: it signs nothing');
    },
    verify: (text, signature) => signature.length === 64 && verify(null, Buffer.from(text), key, signature),
  };
}

function shortened(digest: Buffer): string {
  return digest.toString('hex').slice(0, 16);
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
