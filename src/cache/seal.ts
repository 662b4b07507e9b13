import { CacheRecord } from './record.ts';
import { SIGNATURE_NAME, signatureOf } from './signature.ts';

/** Longer texts are no records: a document of a base image, the largest kind, has at most 4 MiB, escaped. */
const LONGEST = 16 * 1024 * 1024;
const SEALED = /^([a-z0-9-]+):((?:[a-f0-9]{64}){1,2}) (.*)$/s;

/** Records as texts and back. Stores keep texts and know nothing of what is in them. */
export interface RecordSeal {
  /** Whether it can seal: with a public key it only opens. */
  readonly seals: boolean;
  /** One line, without a line break. Throws USAGE where it only opens. */
  seal(record: CacheRecord): string;
  /** The record; undefined for anything that is not one, was changed, or was not sealed by a holder of the key. */
  open(text: string): CacheRecord | undefined;
  /** Whether a text says it was sealed in another way than this seal does: with another key, with one, or without. */
  isForeign(text: string): boolean;
}

/**
 * Texts that carry their own digest, so that no change goes unnoticed; with a signing key that is an HMAC or an ed25519
 * signature, and records that were written without the key are none. How a text is checked is decided by the key alone,
 * never by the text. Throws USAGE for a key that is none.
 */
export function recordSeal(signingKey?: string): RecordSeal {
  const signature = signatureOf(signingKey);
  return {
    seals: signature.signs,
    seal: (record) => {
      const json = JSON.stringify(record);
      return `${signature.name}:${signature.sign(json).toString('hex')} ${json}`;
    },
    open: (text) => {
      const [, found, hex, json] = SEALED.exec(text.slice(0, LONGEST)) ?? [];
      if (found !== signature.name || hex === undefined || json === undefined) return undefined;
      return signature.verify(json, Buffer.from(hex, 'hex')) ? parse(json) : undefined;
    },
    isForeign: (text) => {
      const [, found] = SEALED.exec(text.slice(0, LONGEST)) ?? [];
      return found !== undefined && found !== signature.name && SIGNATURE_NAME.test(found);
    },
  };
}

function parse(json: string): CacheRecord | undefined {
  try {
    return CacheRecord.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
