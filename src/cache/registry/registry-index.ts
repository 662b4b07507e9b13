import { describe, readBlob, streamOf } from '../../content/index.ts';
import { BuildError } from '../../errors/index.ts';
import { digestOf, ImageManifest, mediaTypes, type Descriptor, type Digest } from '../../oci/index.ts';
import { blobsOf } from '../record.ts';
import { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';
import type { CacheReader, CacheWriter } from './cache-repository.ts';
import {
  journalAnnotations,
  NO_NOTES,
  noteAnnotations,
  readNotes,
  type JournalNotes,
} from './journal-notes.ts';
import { putTagged } from './put-tagged.ts';

const INDEX_TYPE = 'application/vnd.ts-kaniko.cache.v1';
const RECORDS_TYPE = 'application/vnd.ts-kaniko.cache-records.v1';
/** An index of more records than this loses its oldest: registries take manifests of 4 MiB at least. */
const MOST_RECORDS = 4000;
const LARGEST_RECORDS = 64 * 1024 * 1024;

/** The tag of a scope's index: never one that a person or another builder would use, nor one of a journal. */
export function cacheTag(scope: string): string {
  const isPlain = /^[A-Za-z0-9_.-]{1,64}$/.test(scope) && !scope.includes('.w-');
  return `ts-kaniko-cache-${isPlain ? scope : digestOf(scope).slice(7, 39)}`;
}

/** An index, and the digest of its manifest; undefined where there is none yet. */
export interface ReadIndex {
  readonly records: RecordIndex;
  readonly digest: Digest | undefined;
  readonly notes: JournalNotes;
  /** Why there is nothing in it, where it is damaged. */
  readonly fault?: string | undefined;
}

/**
 * The records of a scope; none where there is no index yet, or a damaged one, which the next save replaces. Throws
 * REGISTRY for a tag that names anything else: it is not read, and not written over.
 */
export async function readIndex(
  repository: CacheReader,
  tag: string,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<ReadIndex> {
  const found = await manifestUnder(repository, tag, signal);
  if (found === undefined) return { records: new RecordIndex(), digest: undefined, notes: NO_NOTES };
  const manifest = ImageManifest.safeParse(parsed(found.bytes)).data;
  if (manifest?.config.mediaType !== RECORDS_TYPE)
    throw new BuildError('REGISTRY', `the tag ${tag} is no cache of this builder`);
  const { text, fault } = await recordsText(manifest.config, repository, signal);
  const records = RecordIndex.parse(text, seal);
  return { records, digest: found.descriptor.digest, notes: readNotes(manifest.annotations), fault };
}

/**
 * Writes an index over the one it was read from and returns the digest of its manifest. Undefined where the tag names
 * another index by now: nothing is written.
 */
export async function writeIndex(
  { records, digest, notes }: ReadIndex,
  repository: CacheWriter,
  tag: string,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<Digest | undefined> {
  const annotations = noteAnnotations(notes);
  const written = await storeRecords(latestOf(records), annotations, repository, seal, signal);
  const now = await repository.digestUnder(tag, signal);
  if (now !== undefined && now !== digest) return undefined;
  await putTagged(written, repository, tag, signal);
  return written.descriptor.digest;
}

/** Writes records under a tag that nobody else writes to. No other manifest has its digest. */
export async function writeJournal(
  records: RecordIndex,
  repository: CacheWriter,
  tag: string,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<void> {
  const annotations = journalAnnotations(tag);
  await putTagged(
    await storeRecords(records, annotations, repository, seal, signal),
    repository,
    tag,
    signal,
  );
}

/**
 * Stores the list of records and makes the manifest of an index: its config is that list, its layers are the blobs the
 * records name, so that the registry keeps these.
 */
async function storeRecords(
  records: RecordIndex,
  annotations: Readonly<Record<string, string>> | undefined,
  repository: CacheWriter,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<{ readonly descriptor: Descriptor; readonly bytes: Buffer }> {
  const listed = Buffer.from(records.format(seal));
  const config = describe(RECORDS_TYPE, listed);
  await repository.put(config, streamOf(listed), signal);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.OCI_MANIFEST,
    artifactType: INDEX_TYPE,
    config,
    layers: blobsIn(records),
    ...(annotations !== undefined && { annotations }),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { descriptor: describe(mediaTypes.OCI_MANIFEST, bytes), bytes };
}

async function manifestUnder(
  repository: CacheReader,
  tag: string,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<CacheReader['getManifest']>> | undefined> {
  try {
    return await repository.getManifest(tag, signal);
  } catch (error) {
    if (error instanceof BuildError && error.code === 'REGISTRY_NOT_FOUND') return undefined;
    throw error;
  }
}

async function recordsText(
  config: Descriptor,
  repository: CacheReader,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly fault?: string }> {
  try {
    return { text: (await readBlob(repository, config, LARGEST_RECORDS, signal)).toString('utf8') };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BuildError && ['CONTENT', 'REGISTRY_NOT_FOUND'].includes(error.code))
      return { text: '', fault: error.message };
    throw error;
  }
}

function latestOf(index: RecordIndex): RecordIndex {
  const records = index.records();
  if (records.length <= MOST_RECORDS) return index;
  const kept = new RecordIndex();
  const latest = records.toSorted((a, b) => b.created - a.created).slice(0, MOST_RECORDS);
  for (const record of latest) kept.add(record);
  return kept;
}

function blobsIn(index: RecordIndex): Descriptor[] {
  const blobs = index.records().flatMap(blobsOf);
  const distinct = new Map(blobs.map((blob) => [blob.digest, blob]));
  return [...distinct.values()].map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
