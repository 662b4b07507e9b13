import { blobsOf, type StoredRecord } from '../../../cache/index.ts';
import { columns, formatAge, formatBytes, formatDuration } from '../../../report/index.ts';
import type { CommandAnswer } from '../../../request/index.ts';
import { distinctBlobs, nameOf, sizeOf } from './describe-record.ts';
import type { OpenedCache } from './opened-cache.ts';

const KEY_DIGITS = 12;
const NAME_WIDTH = 60;
const HEAD = ['KIND', 'NAME', 'KEY', 'SIZE', 'AGE', 'LAST USED', 'TOOK'];

/** What caches hold, what was made last first: for people as tables, as JSON with whole keys. */
export function listEntries(caches: readonly OpenedCache[], now: number): CommandAnswer {
  return {
    text: caches.map((cache) => tableOf(cache, now)).join('\n'),
    json: { caches: caches.map(jsonOf) },
    status: 0,
  };
}

function tableOf(cache: OpenedCache, now: number): string {
  const records = sorted(cache);
  const lines = records.length === 0 ? [] : columns([HEAD, ...records.map((record) => rowOf(record, now))]);
  return [`${cache.name}: ${sumOf(cache)}`, ...lines].map((line) => `${line}\n`).join('');
}

function sumOf({ contents }: OpenedCache): string {
  const { records, unreadable, loose, faults } = contents;
  const bytes = bytesOf(records);
  return [
    `${records.length} entries, ${formatBytes(bytes)}`,
    ...(unreadable.length === 0 ? [] : [`${unreadable.length} that cannot be read with this signing key`]),
    ...(loose.length === 0 ? [] : [`${loose.length} blobs that no entry names`]),
    ...faults,
  ].join('; ');
}

function rowOf({ record, used }: StoredRecord, now: number): string[] {
  return [
    record.kind,
    nameOf(record).slice(0, NAME_WIDTH),
    record.key.slice(0, KEY_DIGITS),
    formatBytes(sizeOf(record)),
    formatAge(now - record.created),
    used === undefined ? 'unknown' : formatAge(now - used),
    record.kind === 'step' ? formatDuration(record.cost) : '',
  ];
}

function jsonOf(cache: OpenedCache) {
  const { records, unreadable, loose, faults } = cache.contents;
  return {
    cache: cache.name,
    scope: cache.scope ?? null,
    bytes: bytesOf(records),
    entries: sorted(cache).map(entryOf),
    unreadable: unreadable.map(({ name, reason }) => ({ name: name ?? null, reason })),
    looseBlobs: loose.map(({ digest, size }) => ({ digest, size })),
    faults,
  };
}

function entryOf({ record, used }: StoredRecord) {
  return {
    kind: record.kind,
    name: nameOf(record),
    key: record.key,
    bytes: sizeOf(record),
    created: new Date(record.created).toISOString(),
    lastUsed: used === undefined ? null : new Date(used).toISOString(),
    ...(record.kind === 'step' && { milliseconds: record.cost }),
    blobs: blobsOf(record).map(({ digest }) => digest),
  };
}

function bytesOf(records: readonly StoredRecord[]): number {
  return distinctBlobs(records.map(({ record }) => record)).reduce((sum, { size }) => sum + size, 0);
}

function sorted({ contents }: OpenedCache): readonly StoredRecord[] {
  return contents.records.toSorted(
    (a, b) => b.record.created - a.record.created || (a.record.key < b.record.key ? -1 : 1),
  );
}
