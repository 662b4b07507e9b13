import { readBlob } from '../../content/index.ts';
import { BuildError } from '../../errors/index.ts';
import { digestOf, ImageManifest, mediaTypes, type Descriptor } from '../../oci/index.ts';
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

/**
 * The records of a scope; none where there is no index yet, or a damaged one, which the next save replaces. Throws
 * REGISTRY for a tag that names anything else: it is not read, and not written over.
 */
export async function readIndex(
  repository: CacheReader,
  tag: string,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<RecordIndex> {
  const bytes = await manifestBytes(repository, tag, signal);
  if (bytes === undefined) return new RecordIndex();
  const manifest = ImageManifest.safeParse(parsed(bytes)).data;
  if (manifest?.config.mediaType !== RECORDS_TYPE)
    throw new BuildError('REGISTRY', `the tag ${tag} is no cache of this builder`);
  return RecordIndex.parse(await recordsText(manifest.config, repository, signal), seal);
}

/**
 * Writes an index: a manifest whose config is the list of records, and whose layers are the blobs they name, so that the
 * registry keeps these.
 */
export async function writeIndex(
  all: RecordIndex,
  repository: CacheWriter,
  tag: string,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<void> {
  const index = latestOf(all);
  const config = described(RECORDS_TYPE, Buffer.from(index.format(seal)));
  await repository.put(config.descriptor, once(config.bytes), signal);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.OCI_MANIFEST,
    artifactType: INDEX_TYPE,
    config: config.descriptor,
    layers: blobsIn(index),
  };
  const { descriptor, bytes } = described(mediaTypes.OCI_MANIFEST, Buffer.from(JSON.stringify(manifest)));
  await repository.replaceTag(descriptor, bytes, tag, signal);
}

async function manifestBytes(
  repository: CacheReader,
  tag: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  try {
    return (await repository.getManifest(tag, signal)).bytes;
  } catch (error) {
    if (error instanceof BuildError && error.code === 'REGISTRY_NOT_FOUND') return undefined;
    throw error;
  }
}

async function recordsText(
  config: Descriptor,
  repository: CacheReader,
  signal: AbortSignal,
): Promise<string> {
  try {
    return (await readBlob(repository, config, LARGEST_RECORDS, signal)).toString('utf8');
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BuildError && ['CONTENT', 'REGISTRY_NOT_FOUND'].includes(error.code)) return '';
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

function described(mediaType: string, bytes: Buffer): { descriptor: Descriptor; bytes: Buffer } {
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
