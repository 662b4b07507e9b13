import { createHash } from 'node:crypto';
import { z } from 'zod';

const HEX = /^[a-f0-9]{64}$/;

/** What an entry of the cache is found by: 64 hexadecimal digits. */
export const CacheKey = z
  .custom<string>((value) => typeof value === 'string' && HEX.test(value), 'not a cache key')
  .brand<'CacheKey'>();
export type CacheKey = z.infer<typeof CacheKey>;

/** One thing a key is made of: what it is called, for `explain`, and the digest of its value. */
export const KeyPart = z.tuple([z.string().max(1024), z.string().regex(HEX)]).readonly();
export type KeyPart = z.infer<typeof KeyPart>;

/** A value of a part. `undefined` (nothing was said) differs from every text. */
export type PartValue = string | Uint8Array | boolean | number | undefined | readonly PartValue[];

/**
 * A part out of any number of values. Every value is framed by its kind and length, so that no two different lists give
 * the same digest.
 */
export function keyPart(name: string, ...values: readonly PartValue[]): KeyPart {
  const hash = createHash('sha256');
  frame(hash, values);
  return [name, hash.digest('hex')];
}

/** The key of these parts, in their order: names and digests framed. Equal for equal parts only. */
export function keyOf(parts: readonly KeyPart[]): CacheKey {
  const hash = createHash('sha256');
  frame(hash, parts);
  return hash.digest('hex') as CacheKey;
}

function frame(hash: ReturnType<typeof createHash>, value: PartValue): void {
  if (value === undefined) hash.update('u;');
  else if (typeof value === 'boolean') hash.update(value ? 'b1;' : 'b0;');
  else if (typeof value === 'number') hash.update(`n${value};`);
  else if (typeof value === 'string' || value instanceof Uint8Array) frameBytes(hash, value);
  else {
    hash.update(`l${value.length};`);
    for (const item of value) frame(hash, item);
  }
}

function frameBytes(hash: ReturnType<typeof createHash>, value: string | Uint8Array): void {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  hash.update(`${typeof value === 'string' ? 's' : 'x'}${bytes.length};`);
  hash.update(bytes);
}
