import { distinctLayers, streamOf } from './document-blobs.ts';
import { goJson } from './go-json.ts';
import type { Image } from './image.ts';
import { replaceFile, type Write } from './replace-file.ts';
import type { WriteOptions } from './write-oci-layout.ts';
import { fromText, type BytePath } from '../bytes/index.ts';
import type { BlobSource } from '../content/index.ts';
import { digestHex, layerCompression, type Compression, type Descriptor } from '../oci/index.ts';
import { encodeHeader, NO_XATTRS } from '../tar/index.ts';

const BLOCK_BYTES = 512;
const EXTENSIONS: Readonly<Record<Compression, string>> = { none: 'tar', gzip: 'tar.gz', zstd: 'tar.zst' };

/**
 * Writes an image as `docker load` reads it (moby image/spec/v1.2.md): config, layers as they are compressed, and
 * `manifest.json` last, which names them. `tags` are whole references (`docker.io/library/app:1`). The same image and tags
 * give the same file. It appears by rename, complete. Throws FILESYSTEM.
 */
export async function writeDockerArchive(
  image: Image,
  from: BlobSource,
  file: string,
  options: WriteOptions,
): Promise<void> {
  const { config } = image.manifest;
  const manifest = Buffer.from(goJson([manifestEntry(image, options.tags)]));
  await replaceFile(file, async (write) => {
    await writeFile(write, configName(config), config.size, streamOf(image.configBytes));
    for (const layer of distinctLayers(image))
      await writeFile(write, layerName(layer), layer.size, from.open(layer, options.signal));
    await writeFile(write, 'manifest.json', manifest.length, streamOf(manifest));
    write(Buffer.alloc(2 * BLOCK_BYTES));
  });
}

function manifestEntry(image: Image, tags: readonly string[]): Map<string, unknown> {
  return new Map<string, unknown>([
    ['Config', configName(image.manifest.config)],
    ['RepoTags', tags],
    ['Layers', image.layers.map(({ descriptor }) => layerName(descriptor))],
  ]);
}

function configName(config: Descriptor): string {
  return `${digestHex(config.digest)}.json`;
}

/** Readers look at the first bytes, not at the name; the name is for people. */
function layerName(layer: Descriptor): string {
  return `${digestHex(layer.digest)}.${EXTENSIONS[layerCompression(layer.mediaType) ?? 'none']}`;
}

/** A member of the archive; the source has verified that `size` bytes come. */
async function writeFile(
  write: Write,
  name: string,
  size: number,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  write(encodeHeader(fileEntry(name, size)));
  for await (const chunk of content) write(chunk);
  write(Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES));
}

function fileEntry(name: string, size: number): Parameters<typeof encodeHeader>[0] {
  return {
    path: fromText(name),
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    mtimeNs: 0n,
    linkname: '' as BytePath,
    devMajor: 0,
    devMinor: 0,
    xattrs: NO_XATTRS,
  };
}
