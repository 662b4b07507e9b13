import type { Descriptor } from '../../oci/index.ts';

/** Smaller blobs share an entry: GitHub takes 200 new entries a minute for a whole repository. */
export const SMALL_BYTES = 1024 * 1024;
/** A pack is made in memory, and is sent in one piece or two. */
export const PACK_BYTES = 16 * 1024 * 1024;

export interface Packs {
  /** Blobs that get an entry each. */
  readonly large: readonly Descriptor[];
  /** Blobs that share one entry, in their order in it. */
  readonly packs: readonly (readonly Descriptor[])[];
}

/** Which blobs lie together. The same blobs give the same packs, whatever their order. */
export function packsOf(blobs: readonly Descriptor[]): Packs {
  const large = blobs.filter(({ size }) => size >= SMALL_BYTES);
  const small = blobs.filter(({ size }) => size < SMALL_BYTES);
  const packs: Descriptor[][] = [];
  let room = 0;
  for (const blob of small.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))) {
    if (blob.size > room || packs.length === 0) {
      packs.push([]);
      room = PACK_BYTES;
    }
    packs.at(-1)?.push(blob);
    room -= blob.size;
  }
  return { large, packs };
}
