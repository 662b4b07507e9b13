import { posix } from 'node:path';
import { z } from 'zod';
import { assembleImage } from './assemble-image.ts';
import { parseJson, shaped } from './document.ts';
import type { Image, ImageLayer } from './image.ts';
import { CONFIG_LIMIT_BYTES, MANIFEST_LIMIT_BYTES } from './limits.ts';
import { parseConfig } from './read-config.ts';
import { toText } from '../bytes/index.ts';
import { readBlob, type BlobSource, type IngestStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { decompress } from '../layer/index.ts';
import { mediaTypes, type Digest } from '../oci/index.ts';
import { TarParser, type TarHandler } from '../tar/index.ts';

/** An archive whose files are blobs of a store now. */
export type LoadedArchive =
  /** The bytes of its `index.json`; everything it names is in the store, as far as the archive had it. */
  | { readonly kind: 'oci'; readonly index: Buffer }
  | { readonly kind: 'docker'; readonly image: Image; readonly tags: readonly string[] };

interface Blob {
  readonly digest: Digest;
  readonly size: number;
}

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
  const entries = shaped(
    DockerManifest,
    parseJson(manifest, 'manifest.json'),
    'manifest.json of the archive',
  );
  const [entry, second] = entries;
  if (entry === undefined || second !== undefined)
    throw new BuildError('IMAGE', `the archive holds ${entries.length} images; one is taken at a time`);
  const configBytes = await read(entry.Config, CONFIG_LIMIT_BYTES);
  if (configBytes === undefined) throw missing(entry.Config);
  const config = parseConfig(configBytes);
  const diffIds = config.rootfs?.diff_ids ?? [];
  if (diffIds.length !== entry.Layers.length)
    throw new BuildError(
      'IMAGE',
      `the archive has ${entry.Layers.length} layers, its config ${diffIds.length}`,
    );
  const layers: ImageLayer[] = [];
  for (const [at, diffId] of diffIds.entries()) {
    const name = entry.Layers[at] ?? '';
    const blob = files.get(name);
    if (blob === undefined) throw missing(name);
    const mediaType = await layerType(blob, store);
    layers.push({ descriptor: { mediaType, digest: blob.digest, size: blob.size }, diffId });
  }
  return {
    kind: 'docker',
    image: assembleImage({ config, configBytes, layers }),
    tags: entry.RepoTags ?? [],
  };
}

/** All plain files of an archive by their names, links to them included. */
async function storeFiles(
  content: AsyncIterable<Uint8Array>,
  store: IngestStore,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Blob>> {
  const [stored, links] = [new Map<string, Promise<Blob>>(), new Map<string, string>()];
  let current: { readonly name: string; readonly ingest: ReturnType<IngestStore['begin']> } | undefined;
  const handler: TarHandler = {
    entry: (entry) => {
      const name = posix.normalize(toText(entry.path));
      const target = toText(entry.linkname);
      if (entry.type === 'file') current = { name, ingest: store.begin() };
      else if (entry.type === 'hardlink') links.set(name, posix.normalize(target));
      else if (entry.type === 'symlink') links.set(name, posix.join(posix.dirname(name), target));
    },
    data: (chunk) => current?.ingest.write(chunk),
    end: () => {
      if (current !== undefined) stored.set(current.name, current.ingest.commit());
      current = undefined;
    },
  };
  const parser = new TarParser(handler);
  try {
    await decompress(content, 'gzip', (piece) => parser.write(piece), signal);
    parser.finish();
  } finally {
    current?.ingest.abort();
  }
  const files = new Map<string, Blob>();
  for (const [name, blob] of stored) files.set(name, await blob);
  for (const [name, target] of links) {
    const blob = files.get(target);
    if (blob !== undefined) files.set(name, blob);
  }
  return files;
}

async function layerType(blob: Blob, store: BlobSource): Promise<string> {
  let head = Buffer.alloc(0);
  for await (const chunk of store.open({ ...blob, mediaType: '' })) {
    head = Buffer.concat([head, chunk.subarray(0, 4)]);
    if (head.length >= 4) break;
  }
  const hex = head.toString('hex');
  return MAGICS.find(([magic]) => hex.startsWith(magic))?.[1] ?? mediaTypes.OCI_LAYER;
}

function missing(name: string): BuildError {
  return new BuildError('IMAGE', `the archive has no ${JSON.stringify(name)}, which its manifest.json names`);
}
