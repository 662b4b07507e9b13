import { readBlob } from '../../content/index.ts';
import { BuildError } from '../../errors/index.ts';
import {
  ImageConfig,
  ImageManifest,
  layerCompression,
  type Descriptor,
  type Digest,
} from '../../oci/index.ts';
import type { CacheStore, ForeignStep } from '../cache-store.ts';
import type { ImageReader } from '../inline/image-cache.ts';
import type { CacheKey } from '../key.ts';
import type { CacheRecord, StepRecord } from '../record.ts';

const LARGEST_CONFIG = 1024 * 1024;
/** The diff ID of a tar without entries: what kaniko keeps of a RUN that changed nothing. */
const EMPTY_TAR = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

export interface KanikoCacheOptions {
  readonly reader: ImageReader;
  /** The digest of a layer's bytes, decompressed. */
  diffIdOf(layer: Descriptor, signal: AbortSignal): Promise<Digest>;
}

/**
 * kaniko's entries in a repository, to read only: an image with one layer for each step, tagged with the step's key. Asked
 * for steps whose key in kaniko was told, stage by stage, until one is not there. A layer is taken where its bytes are
 * what the entry says they are.
 */
export function kanikoCache({ reader, diffIdOf }: KanikoCacheOptions): CacheStore {
  const stats = { requests: 0, bytesRead: 0, bytesWritten: 0 };
  const steps = new Map<CacheKey, ForeignStep>();
  const found = new Map<CacheKey, Promise<StepRecord | undefined>>();
  const read = (step: ForeignStep, signal: AbortSignal): Promise<StepRecord | undefined> => {
    const known = found.get(step.key) ?? readEntry(step, reader, diffIdOf, signal);
    found.set(step.key, known);
    return known;
  };
  const { registry, name } = reader;
  return {
    name: `kaniko's cache ${registry}/${name}`,
    repository: { registry, name },
    foretell: (step) => void steps.set(step.key, step),
    lookup: async (keys, signal) => {
      stats.requests++;
      const records = new Map<CacheKey, CacheRecord>();
      const missing = new Set<string>();
      for (const key of keys) {
        const step = steps.get(key);
        if (step === undefined || missing.has(step.stage)) continue;
        const record = await read(step, signal);
        if (record === undefined) missing.add(step.stage);
        else records.set(key, record);
      }
      return records;
    },
    latest: () => Promise.resolve(undefined),
    has: (descriptor) => reader.has(descriptor),
    open: (descriptor, signal) => {
      stats.bytesRead += descriptor.size;
      return reader.open(descriptor, signal);
    },
    save: () => Promise.resolve({ saved: 0, bytes: 0, faults: ["kaniko's entries are read only"] }),
    stats: () => ({ ...stats }),
  };
}

/** Undefined where there is no such entry, or it is damaged. */
async function readEntry(
  step: ForeignStep,
  reader: ImageReader,
  diffIdOf: KanikoCacheOptions['diffIdOf'],
  signal: AbortSignal,
): Promise<StepRecord | undefined> {
  try {
    const { bytes } = await reader.getManifest(step.tag, signal);
    const manifest = ImageManifest.parse(JSON.parse(bytes.toString('utf8')));
    const text = await readBlob(reader, manifest.config, LARGEST_CONFIG, signal);
    const config = ImageConfig.parse(JSON.parse(text.toString('utf8')));
    const created = Date.parse(config.created ?? '');
    const [diffId, ...moreIds] = config.rootfs?.diff_ids ?? [];
    const [layer, ...moreLayers] = manifest.layers;
    if (layer === undefined || diffId === undefined || moreIds.length + moreLayers.length > 0)
      return undefined;
    if (!(created >= 0) || layerCompression(layer.mediaType) === undefined) return undefined;
    const { key, parts, step: name } = step;
    const record: StepRecord = { kind: 'step', key, parts, created, step: name, time: created, cost: 0 };
    if (diffId === EMPTY_TAR) return record;
    const { mediaType, digest, size } = layer;
    const descriptor = { mediaType, digest, size };
    return (await diffIdOf(descriptor, signal)) === diffId
      ? { ...record, layer: { descriptor, diffId } }
      : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BuildError && ['REGISTRY_AUTH', 'NETWORK', 'INTERNAL'].includes(error.code))
      throw error;
    return undefined;
  }
}
