import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '../../oci/index.ts';
import type { CacheRecord } from '../record.ts';
import type { Journals, ScopePlace } from './journals.ts';
import { readIndex, writeIndex, type ReadIndex } from './registry-index.ts';

/** Builds that met come back at different times. */
const PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** A save whose journal is written. */
export interface JournaledSave {
  readonly own: string;
  /** What is in it. */
  readonly records: readonly CacheRecord[];
  readonly journals: Journals;
  /** The index as it was before. */
  readonly read: ReadIndex;
  /** When it is given up, by `performance.now()`. */
  readonly end: number;
}

/** An index as it was written. */
interface WrittenIndex {
  readonly index: ReadIndex;
  readonly digest: Digest;
  /** The journals there are since. */
  readonly listed: readonly string[];
}

/**
 * Takes all journals into the index, until it is seen to hold all there are after it was written. Every build does so;
 * therefore the last to write sees the journals of all that it may have overwritten. The save cannot be lost any more:
 * what does not get into the index now is taken up by the next build.
 */
export async function takeJournals(
  save: JournaledSave,
  place: ScopePlace,
  signal: AbortSignal,
): Promise<void> {
  let known: ReadIndex | undefined = save.read;
  for (let pause = PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    const written = await writeOnce(save, known, place, signal);
    if (written !== undefined) return removeJournals(save, written, place, signal);
    if (performance.now() > save.end) return;
    known = undefined;
    await delay(pause * (0.5 + Math.random()), undefined, { signal });
  }
}

/** Undefined where the index holds not all journals, as another build wrote meanwhile. */
async function writeOnce(
  { own, records, journals }: JournaledSave,
  known: ReadIndex | undefined,
  { repository, tag, seal }: ScopePlace,
  signal: AbortSignal,
): Promise<WrittenIndex | undefined> {
  const before = new Set([...(await journals.names(signal)), own]);
  const read = known ?? (await readIndex(repository, tag, seal, signal));
  const contents = (name: string): Promise<readonly CacheRecord[] | undefined> =>
    name === own ? Promise.resolve(records) : journals.read(name, signal);
  const index = await withJournals(read, before, journals, contents);
  const digest = index === read ? read.digest : await writeIndex(index, repository, tag, seal, signal);
  if (digest === undefined) return undefined;
  const listed = await journals.names(signal);
  if ((await repository.digestUnder(tag, signal)) !== digest) return undefined;
  const hasAll = listed.every((name) => index.notes.taken.includes(name));
  return hasAll ? { index, digest, listed } : undefined;
}

/** The index with the records of these journals; the same where it has them all. */
async function withJournals(
  index: ReadIndex,
  names: ReadonlySet<string>,
  journals: Journals,
  contents: (name: string) => Promise<readonly CacheRecord[] | undefined>,
): Promise<ReadIndex> {
  const taken = new Set(index.notes.taken);
  const open = [...names].filter((name) => !taken.has(name));
  if (open.length === 0) return index;
  for (const name of open) {
    const records = await contents(name);
    for (const record of records ?? []) index.records.add(record);
    if (records !== undefined) taken.add(name);
  }
  // A list may be older than the index: only what is long gone is forgotten.
  const kept = [...taken].filter((name) => names.has(name) || !journals.isOver(name));
  return { ...index, notes: { usable: true, taken: kept } };
}

/**
 * Removes the journals nobody needs any more: those of saves that are over for certain, and the own one where there is no
 * other save that could have read the index before it was written. Where that is refused, the next builds keep none.
 */
async function removeJournals(
  { own, journals }: JournaledSave,
  { index, digest, listed }: WrittenIndex,
  { repository, tag, seal }: ScopePlace,
  signal: AbortSignal,
): Promise<void> {
  const over = listed.filter((name) => journals.isOver(name));
  const isAlone = listed.every((name) => name === own || over.includes(name));
  const removed = await journals.removeAll(isAlone ? [own, ...over] : over, signal);
  if (removed) return;
  const notes = { usable: false, taken: [] };
  await writeIndex({ ...index, digest, notes }, repository, tag, seal, signal);
}
