import { setTimeout as delay } from 'node:timers/promises';
import { BuildError } from '../../errors/index.ts';
import type { CacheRecord } from '../record.ts';
import { Journals, type ScopePlace } from './journals.ts';
import { readIndex, writeIndex } from './registry-index.ts';
import { takeJournals } from './take-journals.ts';

/** How long a save is tried while other builds write at the same time. */
const LONGEST_MS = 60_000;
/** Longer than the time between another build's last look at the index and its write, which is one request. */
const SETTLE_MS = 250;
/** The same where requests take long: so many times as long as reading and writing the index took. */
const SETTLE_ROUNDS = 3;

/**
 * Adds records to the index of a scope. Registries cannot change a tag on a condition, so of two builds that write at the
 * same time one may take the other's records out again. Where the registry can keep them, journals make up for that: a
 * record lies in one until nobody is left who could do so. Throws REGISTRY where neither journal nor index can be written.
 */
export async function saveRecords(
  records: readonly CacheRecord[],
  place: ScopePlace,
  signal: AbortSignal,
): Promise<void> {
  if (records.length === 0) return;
  const { repository, tag, seal } = place;
  const index = await readIndex(repository, tag, seal, signal);
  if (index.notes.usable === false) return saveAndLookAgain(records, place, signal);
  const journals = new Journals(place);
  const own = await journals.write(records, signal);
  const usable = index.notes.usable ?? (await journals.areUsable(own, records, signal));
  if (usable)
    return takeJournals(
      { own, records, journals, read: index, end: performance.now() + LONGEST_MS },
      place,
      signal,
    );
  await saveAndLookAgain(records, place, signal);
  await journals.remove(own, signal);
}

/** Without journals: writes until a look a while after the last write shows all records. */
async function saveAndLookAgain(
  records: readonly CacheRecord[],
  { repository, tag, seal }: ScopePlace,
  signal: AbortSignal,
): Promise<void> {
  for (const end = performance.now() + LONGEST_MS; performance.now() < end;) {
    const started = performance.now();
    const index = await readIndex(repository, tag, seal, signal);
    const missing = records.filter((record) => index.records.add(record));
    if (missing.length === 0) return;
    const notes = { usable: false, taken: [] };
    if ((await writeIndex({ ...index, notes }, repository, tag, seal, signal)) === undefined) continue;
    // Whoever looked before this write has written by then; builds that met come back at different times.
    const settled = Math.max(SETTLE_MS, SETTLE_ROUNDS * (performance.now() - started));
    await delay(settled * (1 + Math.random()), undefined, { signal });
  }
  throw new BuildError('REGISTRY', 'too many builds write to it at the same time');
}
