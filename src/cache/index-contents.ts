import { BuildError } from '../errors/index.ts';
import type { CacheContents } from './contents.ts';
import type { RecordIndex } from './record-index.ts';

/** What a store with an index holds. */
export function keptRecords(index: RecordIndex, faults: readonly string[] = []): CacheContents {
  const records = index.records().map((record) => ({ record }));
  return { records, unreadable: index.unreadable, loose: [], faults };
}

/** An index is written whole: throws USAGE where records that only another signing key opens would be lost. */
export function keepForeign({ unreadable }: RecordIndex): void {
  if (unreadable.every(({ reason }) => reason !== 'foreign')) return;
  throw new BuildError('USAGE', 'the cache holds records of writers with another signing key', {
    hint: 'give the key they sign with',
  });
}
