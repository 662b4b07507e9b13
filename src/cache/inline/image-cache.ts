import { readBlob, type BlobSource } from '../../content/index.ts';
import { BuildError } from '../../errors/index.ts';
import {
  ImageConfig,
  ImageIndex,
  ImageManifest,
  isIndexType,
  isManifestType,
  mediaTypes,
  type Descriptor,
} from '../../oci/index.ts';
import type { CacheStore } from '../cache-store.ts';
import type { RepositoryPlace } from '../registry/cache-repository.ts';
import { keptRecords } from '../index-contents.ts';
import { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';
import { readInlineRecords } from './inline-records.ts';

const CONFIG_TYPES: readonly string[] = [mediaTypes.OCI_CONFIG, mediaTypes.DOCKER_CONFIG];
const LARGEST_CONFIG = 8 * 1024 * 1024;
/** More platforms than images have: each takes two requests. */
const MOST_IMAGES = 32;

/** What is read of the repository an image lies in. */
export interface ImageReader extends BlobSource, RepositoryPlace {
  /** Throws REGISTRY_NOT_FOUND where there is none. */
  getManifest(
    tagOrDigest: string,
    signal?: AbortSignal,
  ): Promise<{ readonly descriptor: Descriptor; readonly bytes: Buffer }>;
  has(descriptor: Descriptor): Promise<boolean>;
}

/**
 * The records that an image carries in its config (`type=inline`); with several platforms those of all. To read only: they
 * are written with the image. Nothing where the name names no image.
 */
export function imageCache(reader: ImageReader, tagOrDigest: string, seal: RecordSeal): CacheStore {
  const stats = { requests: 0, bytesRead: 0, bytesWritten: 0 };
  let index: Promise<RecordIndex> | undefined;
  const read = (signal: AbortSignal): Promise<RecordIndex> =>
    (index ??= readImages(reader, tagOrDigest, seal, signal));
  const { registry, name } = reader;
  return {
    name: `inline cache of ${registry}/${name}${tagOrDigest.includes(':') ? '@' : ':'}${tagOrDigest}`,
    repository: { registry, name },
    lookup: async (keys, signal) => {
      stats.requests++;
      return (await read(signal)).pick(keys);
    },
    latest: async (step, signal) => (await read(signal)).latest(step),
    has: (descriptor) => reader.has(descriptor),
    open: (descriptor, signal) => {
      stats.bytesRead += descriptor.size;
      return reader.open(descriptor, signal);
    },
    save: () => Promise.resolve({ saved: 0, bytes: 0, faults: ['it is written with the image'] }),
    stats: () => ({ ...stats }),
    keeper: {
      removesBlobs: false,
      contents: async (signal) => keptRecords(await read(signal)),
      open: (blob, signal) => reader.open({ ...blob, mediaType: '' }, signal),
      drop: () =>
        Promise.reject(
          new BuildError('UNSUPPORTED', 'an inline cache is part of its image, and changes with it only', {
            hint: 'build and push the image again',
          }),
        ),
    },
  };
}

async function readImages(
  reader: ImageReader,
  tagOrDigest: string,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<RecordIndex> {
  const index = new RecordIndex();
  const add = async (name: string, isRoot: boolean): Promise<void> => {
    const { descriptor, bytes } = await reader.getManifest(name, signal);
    if (isIndexType(descriptor.mediaType) && isRoot) {
      const { manifests = [] } = ImageIndex.safeParse(parsed(bytes)).data ?? {};
      for (const { digest, mediaType } of manifests.slice(0, MOST_IMAGES))
        if (isManifestType(mediaType)) await add(digest, false);
    } else for (const record of await recordsOf(bytes, reader, seal, signal)) index.add(record);
  };
  await add(tagOrDigest, true).catch((error: unknown) => {
    if (!(error instanceof BuildError) || error.code !== 'REGISTRY_NOT_FOUND') throw error;
  });
  return index;
}

async function recordsOf(
  bytes: Buffer,
  reader: ImageReader,
  seal: RecordSeal,
  signal: AbortSignal,
): Promise<ReturnType<typeof readInlineRecords>> {
  const manifest = ImageManifest.safeParse(parsed(bytes)).data;
  if (manifest === undefined || !CONFIG_TYPES.includes(manifest.config.mediaType)) return [];
  if (manifest.layers.length === 0 || manifest.config.size > LARGEST_CONFIG) return [];
  const config = ImageConfig.safeParse(
    parsed(await readBlob(reader, manifest.config, LARGEST_CONFIG, signal)),
  ).data;
  const diffIds = config?.rootfs?.diff_ids ?? [];
  if (config === undefined || diffIds.length !== manifest.layers.length) return [];
  const layers = manifest.layers.flatMap((descriptor, at) => {
    const diffId = diffIds[at];
    return diffId === undefined ? [] : [{ descriptor, diffId }];
  });
  return readInlineRecords(config, layers, seal);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
