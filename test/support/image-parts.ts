import { gzipSync, zstdCompressSync } from 'node:zlib';
import { fromText, type BytePath } from '../../src/bytes/index.ts';
import { memoryStore, type IngestStore } from '../../src/content/index.ts';
import type { ImageLayer, ManifestBytes, ManifestSource } from '../../src/image/index.ts';
import {
  digestOf,
  mediaTypes,
  type Compression,
  type Descriptor,
  type Digest,
  type ImageConfig,
} from '../../src/oci/index.ts';
import { NO_XATTRS, tarStream, type TarMember } from '../../src/tar/index.ts';

export const AMD64 = { os: 'linux', architecture: 'amd64' };

/** A small config that is complete: as many history entries as layers. */
export function configOf(layers: number, more: Partial<ImageConfig> = {}): ImageConfig {
  return {
    ...AMD64,
    config: { Env: ['PATH=/bin'], Cmd: ['/bin/sh'] },
    history: Array.from({ length: layers }, (_, index) => ({
      created: '1970-01-01T00:00:00Z', // umoci stat crashes without
      created_by: `step ${index}`,
    })),
    ...more,
  };
}

/** Bytes put into a store, as a descriptor of the media type. */
export async function addBlob(store: IngestStore, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const ingest = store.begin();
  ingest.write(bytes);
  return { mediaType, ...(await ingest.commit()) };
}

const LAYER_TYPES = {
  none: mediaTypes.DOCKER_LAYER,
  gzip: mediaTypes.DOCKER_LAYER_GZIP,
  zstd: mediaTypes.OCI_LAYER_ZSTD,
};

/** A layer of one file, in the store. */
export async function addLayer(
  store: IngestStore,
  file: string,
  content: string,
  compression: Compression = 'gzip',
): Promise<ImageLayer> {
  const tar = await tarOf(file, content);
  const compress = { none: (bytes: Buffer) => bytes, gzip: gzipSync, zstd: zstdCompressSync }[compression];
  return {
    descriptor: await addBlob(store, compress(tar), LAYER_TYPES[compression]),
    diffId: digestOf(tar),
  };
}

async function tarOf(file: string, content: string): Promise<Buffer> {
  const bytes = Buffer.from(content);
  const member: TarMember = {
    path: fromText(file),
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: bytes.length,
    mtimeNs: 0n,
    linkname: '' as BytePath,
    devMajor: 0,
    devMinor: 0,
    xattrs: NO_XATTRS,
    content: { kind: 'bytes', bytes },
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of tarStream([member])) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Manifests and blobs in memory, with what was asked for. */
export interface MemorySource extends ManifestSource {
  readonly store: IngestStore;
  /** Keeps a document; the descriptor's digest and size are those of its bytes. */
  addDocument(mediaType: string, document: unknown): ManifestBytes;
  /** Makes a digest answer with other bytes. */
  replace(digest: Digest, bytes: Buffer): void;
  readonly asked: string[];
}

export function memorySource(): MemorySource {
  const store = memoryStore();
  const manifests = new Map<string, ManifestBytes>();
  const asked: string[] = [];
  return {
    store,
    asked,
    open: (descriptor, signal) => store.open(descriptor, signal),
    addDocument: (mediaType, document) => {
      const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
      const found = { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
      manifests.set(found.descriptor.digest, found);
      return found;
    },
    replace: (digest, bytes) => {
      const old = manifests.get(digest);
      if (old !== undefined) manifests.set(digest, { ...old, bytes });
    },
    getManifest: (name) => {
      asked.push(name);
      const found = manifests.get(name);
      return found === undefined ? Promise.reject(new Error(`no ${name}`)) : Promise.resolve(found);
    },
  };
}
