import { createHash, randomUUID } from 'node:crypto';
import { createLimiter, streamOf, type BlobSource } from '../../content/index.ts';
import { toBuildError } from '../../errors/index.ts';
import { digestHex, type Descriptor, type Digest } from '../../oci/index.ts';
import type { Entries, Written } from './entries.ts';
import type { BlobPlace } from './index-document.ts';
import { packsOf } from './packs.ts';

/** Each of them sends several blocks at a time. */
const CONCURRENT_ENTRIES = 2;

/** What became of blobs that were to be saved. */
export interface SavedBlobs {
  readonly places: ReadonlyMap<Digest, BlobPlace>;
  readonly bytes: number;
  readonly faults: readonly string[];
}

export interface BlobTarget {
  readonly entries: Entries;
  /** Blobs whose entries are damaged: they need others, of other keys. */
  readonly lost: ReadonlySet<Digest>;
}

/** A whole entry to be written. */
interface NewEntry {
  /** Tells its content by digest. */
  readonly key: string;
  readonly blobs: readonly Descriptor[];
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly places: (key: string) => readonly (readonly [Digest, BlobPlace])[];
}

/**
 * Writes blobs into entries: large ones each into an entry of its own, small ones packed together. Never rejects but with
 * CANCELLED: what could not be written has no place in the outcome.
 */
export async function saveBlobs(
  blobs: readonly Descriptor[],
  source: BlobSource,
  { entries, lost }: BlobTarget,
  signal: AbortSignal,
): Promise<SavedBlobs> {
  const places = new Map<Digest, BlobPlace>();
  const faults = new Set<string>();
  let bytes = 0;
  const limit = createLimiter(CONCURRENT_ENTRIES);
  const write = async (entry: NewEntry): Promise<void> => {
    const { key, written } = await writeUnderSomeKey(entry, { entries, lost }, signal);
    if (written.kind === 'denied' || written.kind === 'limited') return void faults.add(written.reason);
    for (const [digest, place] of entry.places(key)) places.set(digest, place);
    if (written.kind === 'written') bytes += entry.size;
  };
  const { large, packs } = packsOf(blobs);
  const work = [
    ...packs.map((pack) => async () => packedEntry(pack, source, signal)),
    ...large.map((blob) => () => Promise.resolve(singleEntry(blob, source, signal))),
  ];
  await Promise.all(
    work.map((make) =>
      limit(async () => write(await make())).catch((error: unknown) => {
        signal.throwIfAborted();
        faults.add(toBuildError(error).message);
      }),
    ),
  );
  return { places, bytes, faults: [...faults] };
}

/**
 * An entry that can be read is as good as one we wrote: it has the digest of its content in its key. One that cannot is being
 * written by another job, was never finished, or is damaged: then ours gets a key of its own.
 */
async function writeUnderSomeKey(
  { key, size, open, blobs }: NewEntry,
  { entries, lost }: BlobTarget,
  signal: AbortSignal,
): Promise<{ readonly key: string; readonly written: Written }> {
  if (!blobs.some(({ digest }) => lost.has(digest))) {
    const written = await entries.write(key, size, open, signal);
    if (written.kind !== 'exists' || (await entries.has(key, signal))) return { key, written };
  }
  const own = `${key}-${randomUUID()}`;
  return { key: own, written: await entries.write(own, size, open, signal) };
}

function singleEntry(blob: Descriptor, source: BlobSource, signal: AbortSignal): NewEntry {
  const { digest, size } = blob;
  return {
    key: `tsk-blob-1-${digestHex(digest)}`,
    blobs: [blob],
    size,
    open: () => source.open(blob, signal),
    places: (entry) => [[digest, { entry, offset: 0, size }]],
  };
}

async function packedEntry(
  blobs: readonly Descriptor[],
  source: BlobSource,
  signal: AbortSignal,
): Promise<NewEntry> {
  const chunks: Uint8Array[] = [];
  for (const blob of blobs) for await (const chunk of source.open(blob, signal)) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  return {
    key: `tsk-pack-1-${createHash('sha256').update(content).digest('hex')}`,
    blobs,
    size: content.length,
    open: () => streamOf(content),
    places: (entry) => {
      let end = 0;
      return blobs.map(({ digest, size }) => [digest, { entry, offset: (end += size) - size, size }]);
    },
  };
}
