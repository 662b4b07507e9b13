import { blobsOf } from '../../../cache/index.ts';
import { createLimiter } from '../../../content/index.ts';
import { BuildError } from '../../../errors/index.ts';
import type { Digest } from '../../../oci/index.ts';
import { formatBytes } from '../../../report/index.ts';
import type { CommandAnswer } from '../../../request/index.ts';
import { distinctBlobs, nameOf } from './describe-record.ts';
import type { OpenedCache } from './opened-cache.ts';

const AT_ONCE = 4;
/** The exit status where something is damaged and was not taken out. */
const DAMAGED = 1;
/** How a store says that a blob is not there or not what its digest says. Anything else says nothing about the blob. */
const DAMAGE_CODES: readonly string[] = ['CONTENT', 'REGISTRY_NOT_FOUND'];

/** What is wrong with one cache. */
interface Verdict {
  readonly cache: OpenedCache;
  readonly blobs: number;
  readonly bytes: number;
  /** Reasons by the blobs they are about. */
  readonly badBlobs: ReadonlyMap<Digest, string>;
  readonly repaired: boolean;
}

/**
 * Reads every record and every blob of caches by size and digest, and tells what is damaged: exit status 1 where something
 * is and stays. Changes nothing but, with `repair`, what is damaged. Throws where a cache cannot be reached.
 */
export async function verifyEntries(
  caches: readonly OpenedCache[],
  repair: boolean,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const verdicts: Verdict[] = [];
  for (const cache of caches) {
    const read = await readAll(cache, signal);
    const repaired = repair && isDamaged({ cache, ...read });
    if (repaired) await repairCache(cache, read.badBlobs, signal);
    verdicts.push({ cache, ...read, repaired });
  }
  return {
    text: verdicts.flatMap(linesOf).join(''),
    json: { caches: verdicts.map(jsonOf) },
    status: verdicts.some((verdict) => isDamaged(verdict) && !verdict.repaired) ? DAMAGED : 0,
  };
}

async function readAll(
  { contents, keeper }: OpenedCache,
  signal: AbortSignal,
): Promise<Pick<Verdict, 'blobs' | 'bytes' | 'badBlobs'>> {
  const named = distinctBlobs(contents.records.map(({ record }) => record));
  const blobs = [...named, ...contents.loose];
  const badBlobs = new Map<Digest, string>();
  const limit = createLimiter(AT_ONCE);
  let bytes = 0;
  await Promise.all(
    blobs.map((blob) =>
      limit(async () => {
        try {
          for await (const chunk of keeper.open(blob, signal)) bytes += chunk.length;
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof BuildError) || !DAMAGE_CODES.includes(error.code)) throw error;
          badBlobs.set(blob.digest, error.message);
        }
      }),
    ),
  );
  return { blobs: blobs.length, bytes, badBlobs };
}

function isDamaged({ cache, badBlobs }: Pick<Verdict, 'cache' | 'badBlobs'>): boolean {
  const { unreadable, faults } = cache.contents;
  return badBlobs.size > 0 || faults.length > 0 || unreadable.some(({ reason }) => reason === 'damaged');
}

async function repairCache(
  { contents, keeper }: OpenedCache,
  badBlobs: ReadonlyMap<Digest, string>,
  signal: AbortSignal,
): Promise<void> {
  const keys = contents.records.flatMap(({ record }) =>
    blobsOf(record).some(({ digest }) => badBlobs.has(digest)) ? [record.key] : [],
  );
  const unreadable = contents.unreadable.flatMap(({ name, reason }) =>
    name !== undefined && reason === 'damaged' ? [name] : [],
  );
  await keeper.drop({ keys, unreadable, blobs: [...badBlobs.keys()] }, signal);
}

function linesOf(verdict: Verdict): string[] {
  const { cache, blobs, bytes, repaired } = verdict;
  const damaged = damageOf(verdict);
  const foreign = cache.contents.unreadable.filter(({ reason }) => reason === 'foreign').length;
  const end =
    damaged.length === 0 ? 'all sound' : `${damaged.length} damaged${repaired ? ', taken out' : ''}`;
  return [
    `${cache.name}: ${cache.contents.records.length} entries and ${blobs} blobs (${formatBytes(bytes)}) read: ${end}\n`,
    ...damaged.map(({ what, name, reason }) => `  damaged ${what} ${name}: ${reason}\n`),
    ...(foreign === 0
      ? []
      : [`  ${foreign} entries of writers with another signing key were not looked into\n`]),
  ];
}

interface Damage {
  readonly what: 'index' | 'record' | 'blob';
  readonly name: string;
  readonly reason: string;
  /** Entries that are worth nothing without it. */
  readonly entries: readonly string[];
}

function damageOf({ cache, badBlobs }: Verdict): readonly Damage[] {
  const { records, unreadable, faults } = cache.contents;
  const damaged = unreadable.filter(({ reason }) => reason === 'damaged');
  return [
    ...faults.map((reason): Damage => ({ what: 'index', name: cache.name, reason, entries: [] })),
    ...damaged.map(({ name = 'of the index' }): Damage => {
      return { what: 'record', name, reason: 'no record, or changed since it was written', entries: [] };
    }),
    ...[...badBlobs].map(([digest, reason]): Damage => {
      const users = records.filter(({ record }) => blobsOf(record).some((blob) => blob.digest === digest));
      return { what: 'blob', name: digest, reason, entries: users.map(({ record }) => nameOf(record)) };
    }),
  ];
}

function jsonOf(verdict: Verdict) {
  const { cache, blobs, bytes, repaired } = verdict;
  const foreign = cache.contents.unreadable.filter(({ reason }) => reason === 'foreign').length;
  return {
    cache: cache.name,
    scope: cache.scope ?? null,
    entries: cache.contents.records.length,
    blobs,
    bytes,
    damaged: damageOf(verdict),
    foreign,
    repaired,
  };
}
