import { z } from 'zod';
import { assembleImage } from './assemble-image.ts';
import { parseJson, shaped } from './document.ts';
import type { Image, ImageLayer } from './image.ts';
import { CONFIG_LIMIT_BYTES, MANIFEST_LIMIT_BYTES } from './limits.ts';
import { parseConfig } from './read-config.ts';
import { storeFiles, type StoredFile } from './store-files.ts';
import { readBlob, type BlobSource, type IngestStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { mediaTypes } from '../oci/index.ts';

/** An archive whose files are blobs of a store now. */
export type LoadedArchive =
  /** The bytes of its `index.json`; everything it names is in the store, as far as the archive had it. */
  | { readonly kind: 'oci'; readonly index: Buffer }
  | { readonly kind: 'docker'; readonly image: Image; readonly tags: readonly string[] };

const DockerManifest = z.array(
  z.looseObject({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()),
  }),
);
/** First bytes of compressed layers; what has none of them is a plain archive. */
const MAGICS: readonly (readonly [string, string])[] = [
  ['1f8b', mediaTypes.OCI_LAYER_GZIP],
  ['28b52ffd', mediaTypes.OCI_LAYER_ZSTD],
];

/**
 * Reads an archive of an OCI layout or of `docker save`, compressed or not, into a store. A Docker archive's image keeps its
 * config and its layers' bytes. Throws ARCHIVE where it is damaged, IMAGE where it holds no image or, of Docker's, several.
 */
export async function loadArchive(
  content: AsyncIterable<Uint8Array>,
  store: IngestStore,
  signal?: AbortSignal,
): Promise<LoadedArchive> {
  const files = await storeFiles(content, store, signal);
  const read = async (name: string, limit: number): Promise<Buffer | undefined> => {
    const blob = files.get(name);
    if (blob === undefined) return undefined;
    return readBlob(store, { ...blob, mediaType: 'application/json' }, limit, signal);
  };
  const index = files.has('oci-layout') ? await read('index.json', MANIFEST_LIMIT_BYTES) : undefined;
  if (index !== undefined) return { kind: 'oci', index };
  const manifest = await read('manifest.json', MANIFEST_LIMIT_BYTES);
  if (manifest === undefined)
    throw new BuildError('IMAGE', 'the archive is neither an OCI layout nor one of docker save');
  const entry = soleEntry(manifest);
  return {
    kind: 'docker',
    image: await dockerImage(entry, files, store, signal),
    tags: entry.RepoTags ?? [],
  };
}

type DockerEntry = z.infer<typeof DockerManifest>[number];

function soleEntry(manifest: Buffer): DockerEntry {
  const entries = shaped(
    DockerManifest,
    parseJson(manifest, 'manifest.json'),
    'manifest.json of the archive',
  );
  const [entry, second] = entries;
  if (entry !== undefined && second === undefined) return entry;
  throw new BuildError('IMAGE', `the archive holds ${entries.length} images; one is taken at a time`);
}

async function dockerImage(
  { Config, Layers }: DockerEntry,
  files: ReadonlyMap<string, StoredFile>,
  store: BlobSource,
  signal: AbortSignal | undefined,
): Promise<Image> {
  const held = (name: string): StoredFile => {
    const file = files.get(name);
    if (file !== undefined) return file;
    throw new BuildError(
      'IMAGE',
      `the archive has no ${JSON.stringify(name)}, which its manifest.json names`,
    );
  };
  const configFile = { ...held(Config), mediaType: mediaTypes.OCI_CONFIG };
  const configBytes = await readBlob(store, configFile, CONFIG_LIMIT_BYTES, signal);
  const config = parseConfig(configBytes);
  const diffIds = config.rootfs?.diff_ids ?? [];
  if (diffIds.length !== Layers.length)
    throw new BuildError('IMAGE', `the archive has ${Layers.length} layers, its config ${diffIds.length}`);
  const layers: ImageLayer[] = [];
  for (const [at, diffId] of diffIds.entries()) {
    const { digest, size } = held(Layers[at] ?? '');
    layers.push({
      descriptor: { mediaType: await layerType({ digest, size }, store), digest, size },
      diffId,
    });
  }
  return assembleImage({ config, configBytes, layers });
}

async function layerType(blob: StoredFile, store: BlobSource): Promise<string> {
  let head = Buffer.alloc(0);
  for await (const chunk of store.open({ ...blob, mediaType: '' })) {
    head = Buffer.concat([head, chunk.subarray(0, 4)]);
    if (head.length >= 4) break;
  }
  const hex = head.toString('hex');
  return MAGICS.find(([magic]) => hex.startsWith(magic))?.[1] ?? mediaTypes.OCI_LAYER;
}
