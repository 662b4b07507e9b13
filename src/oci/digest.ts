import { createHash, type Hash } from 'node:crypto';
import { BuildError } from '../errors/index.ts';

/** A content digest `sha256:<64 hex>`; image-spec descriptor.md#digests. */
export type Digest = `sha256:${string}`;

const SHA256 = /^sha256:[a-f0-9]{64}$/;

/** True where the text is a well-formed sha256 digest: checked before any digest becomes part of a path or URL. */
export function isDigest(text: string): text is Digest {
  return SHA256.test(text);
}

/** The text as a Digest; throws CONTENT otherwise. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text))
    throw new BuildError('CONTENT', `not a sha256 digest: ${JSON.stringify(text.slice(0, 100))}`);
  return text;
}

/** The 64 hex digits of a digest. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The digest of bytes in memory. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A digest computed as bytes pass by. */
export interface Digester {
  update(chunk: Uint8Array): void;
  /** May be called once. */
  digest(): Digest;
}

export function createDigester(): Digester {
  const hash: Hash = createHash('sha256');
  return { update: (chunk) => void hash.update(chunk), digest: () => `sha256:${hash.digest('hex')}` };
}
