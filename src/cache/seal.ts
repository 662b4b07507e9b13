import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { CacheRecord } from './record.ts';

/** Longer texts are no records: a document of a base image, the largest kind, has at most 4 MiB, escaped. */
const LONGEST = 16 * 1024 * 1024;

const SEALED = /^([a-z0-9-]+):([a-f0-9]{64}) (.*)$/s;
const NAMES: readonly string[] = ['sha256', 'hmac-sha256'];

/** Records as texts and back. Stores keep texts and know nothing of what is in them. */
export interface RecordSeal {
  /** One line, without a line break. */
  seal(record: CacheRecord): string;
  /** The record; undefined for anything that is not one, was changed, or was not sealed by a holder of the key. */
  open(text: string): CacheRecord | undefined;
  /** Whether a text was sealed in another way than this seal does: with a signing key or without, or with one of another kind. */
  isForeign(text: string): boolean;
}

/**
 * Texts that carry their own digest, so that no change goes unnoticed; with a signing key the digest is an HMAC, and
 * records that were written without the key are none.
 */
export function recordSeal(signingKey?: string): RecordSeal {
  const name = signingKey === undefined ? 'sha256' : 'hmac-sha256';
  const digest = (json: string): Buffer =>
    (signingKey === undefined ? createHash('sha256') : createHmac('sha256', signingKey))
      .update(json)
      .digest();
  return {
    seal: (record) => {
      const json = JSON.stringify(record);
      return `${name}:${digest(json).toString('hex')} ${json}`;
    },
    open: (text) => {
      const [, found, hex, json] = SEALED.exec(text.slice(0, LONGEST)) ?? [];
      if (found !== name || hex === undefined || json === undefined) return undefined;
      if (!timingSafeEqual(Buffer.from(hex, 'hex'), digest(json))) return undefined;
      return parse(json);
    },
    isForeign: (text) => {
      const [, found] = SEALED.exec(text.slice(0, LONGEST)) ?? [];
      return found !== undefined && found !== name && NAMES.includes(found);
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
