import { blobsOf, type CacheContents, type StoredRecord } from '../../../cache/index.ts';
import type { Digest } from '../../../oci/index.ts';
import type { CacheTask } from '../../../request/index.ts';
import { sizeOf } from './describe-record.ts';

/** A blob that no record names may be of a build that saves now, unless it is older than any save takes. */
const LOOSE_MS = 24 * 60 * 60 * 1000;

/** What is to leave a cache, and what that frees. */
export interface PrunePlan {
  readonly records: readonly StoredRecord[];
  readonly blobs: readonly Digest[];
  /** Bytes of blobs that nothing names any more. */
  readonly bytes: number;
  /** Bytes of what stays. */
  readonly kept: number;
}

/**
 * What goes: what is too old, and of the rest what was used longest ago, as much as does not fit. With it go the blobs that
 * no record is left to name.
 */
export function planPrune(
  contents: CacheContents,
  { unusedMs, maxAgeMs, maxBytes }: Omit<Extract<CacheTask, { kind: 'prune' }>, 'kind' | 'dryRun'>,
  now: number,
): PrunePlan {
  const young = contents.records.filter(
    (stored) =>
      (unusedMs === undefined || lastUse(stored) > now - unusedMs) &&
      (maxAgeMs === undefined || stored.record.created >= now - maxAgeMs),
  );
  const { stays, bytes: kept, named } = fitting(young, maxBytes);
  const known = new Map(
    contents.records.flatMap(({ record }) => blobsOf(record)).map((b) => [b.digest, b.size]),
  );
  for (const { digest, size, used } of contents.loose) if (used < now - LOOSE_MS) known.set(digest, size);
  const gone = [...known].filter(([digest]) => !named.has(digest));
  return {
    records: contents.records.filter((stored) => !stays.has(stored)),
    blobs: gone.map(([digest]) => digest),
    bytes: gone.reduce((sum, [, size]) => sum + size, 0),
    kept,
  };
}

/** What was used last stays, as long as it fits; a blob of several records counts once. */
function fitting(records: readonly StoredRecord[], maxBytes = Infinity) {
  const stays = new Set<StoredRecord>();
  const named = new Set<Digest>();
  let bytes = 0;
  for (const stored of records.toSorted((a, b) => lastUse(b) - lastUse(a))) {
    const added = blobsOf(stored.record).filter(({ digest }) => !named.has(digest));
    const size = stored.record.kind === 'document' ? sizeOf(stored.record) : sumOf(added);
    if (bytes + size > maxBytes) continue;
    bytes += size;
    stays.add(stored);
    for (const { digest } of added) named.add(digest);
  }
  return { stays, named, bytes };
}

function lastUse({ record, used }: StoredRecord): number {
  return used ?? record.created;
}

function sumOf(blobs: readonly { readonly size: number }[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}
