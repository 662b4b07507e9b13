import { setTimeout as delay } from 'node:timers/promises';
import { BuildError } from '../../errors/index.ts';
import type { Descriptor } from '../../oci/index.ts';
import type { CacheWriter } from './cache-repository.ts';

const TRIES = 5;
const PAUSE_MS = 100;

/**
 * Writes a manifest under a tag. distribution's registry, on a disk, does not know a blob for a moment while another
 * build uploads the same one: it is asked again then. Throws what replaceTag throws.
 */
export async function putTagged(
  { descriptor, bytes }: { readonly descriptor: Descriptor; readonly bytes: Uint8Array },
  repository: CacheWriter,
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = PAUSE_MS; ; pause *= 2) {
    try {
      return await repository.replaceTag(descriptor, bytes, tag, signal);
    } catch (error) {
      const mayPass = error instanceof BuildError && error.message.includes('BLOB_UNKNOWN');
      if (!mayPass || pause >= PAUSE_MS * 2 ** (TRIES - 1)) throw error;
    }
    await delay(pause * (0.5 + Math.random()), undefined, { signal });
  }
}
