import { describe, readBlob, streamOf } from '../../content/index.ts';
import { BuildError } from '../../errors/index.ts';
import { digestOf, ImageManifest, mediaTypes, type Descriptor, type Digest } from '../../oci/index.ts';
import { blobsOf } from '../record.ts';
import { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';
import type { CacheReader, CacheWriter } from './cache-repository.ts';

const INDEX_TYPE = 'application/vnd.ts-kaniko.cache.v1';
const RECORDS_TYPE = 'application/vnd.ts-kaniko.cache-records.v1';
/** An index of more records than this loses its oldest: registries take manifests of 4 MiB at least. */
const MOST_RECORDS = 4000;
const LARGEST_RECORDS = 64 * 1024 * 1024;

/** The tag of a scope's index: never one that a person or another builder would use. */
export function cacheTag(scope: string): string {
  const plain = /^[A-Za-z0-9_.-]{1,64}$/.test(scope) ? scope : digestOf(scope).slice(7, 39);
  return `ts-kaniko-cache-${plain}`;
}

/** An index, and the digest of its manifest; undefined where there is none yet. */
export interface ReadIndex {
  readonly records: RecordIndex;
  readonly digest: Digest | undefined;
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
  if (found === undefined) return { records: new RecordIndex(), digest: undefined };
  const manifest = ImageManifest.safeParse(parsed(found.bytes)).data;
  if (manifest?.config.mediaType !== RECORDS_TYPE)
    throw new BuildError('REGISTRY', `the tag ${tag} is no cache of this builder`);
  const { text, fault } = await recordsText(manifest.config, repository, signal);
  return { records: RecordIndex.parse(text, seal), digest: found.descriptor.digest, fault };
}

/**
 * Writes an index: a manifest whose config is the list of records, and whose layers are the blobs they name, so that the
 * registry keeps these. False where the tag names another index by now than the one it was read from: nothing is written.
 */
export async function writeIndex(
  { records: all, digest }: ReadIndex,
  repository: CacheWriter,
  tag: string,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<boolean> {
  const index = latestOf(all);
  const listed = Buffer.from(index.format(seal));
  const config = describe(RECORDS_TYPE, listed);
  await repository.put(config, streamOf(listed), signal);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.OCI_MANIFEST,
    artifactType: INDEX_TYPE,
    config,
    layers: blobsIn(index),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const now = await repository.digestUnder(tag, signal);
  if (now !== undefined && now !== digest) return false;
  await repository.replaceTag(describe(mediaTypes.OCI_MANIFEST, bytes), bytes, tag, signal);
  return true;
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
