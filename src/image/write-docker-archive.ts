import { ARCHIVE_END, writeMember } from './archive-member.ts';
import { distinctLayers } from './document-blobs.ts';
import { goJson } from './go-json.ts';
import type { Image } from './image.ts';
import type { WriteOptions } from './write-oci-layout.ts';
import { writeTo, type WriteTarget } from './write-target.ts';
import { streamOf, type BlobSource } from '../content/index.ts';
import { digestHex, layerCompression, type Compression, type Descriptor } from '../oci/index.ts';

const EXTENSIONS: Readonly<Record<Compression, string>> = { none: 'tar', gzip: 'tar.gz', zstd: 'tar.zst' };

/**
 * Writes an image as `docker load` reads it (moby image/spec/v1.2.md): config, layers as they are compressed, and
 * `manifest.json` last, which names them. `tags` are whole references (`docker.io/library/app:1`). The same image and tags
 * give the same bytes. Throws FILESYSTEM.
 */
export async function writeDockerArchive(
  image: Image,
  from: BlobSource,
  target: WriteTarget,
  options: WriteOptions,
): Promise<void> {
  const { config } = image.manifest;
  const manifest = Buffer.from(goJson([manifestEntry(image, options.tags)]));
  await writeTo(target, async (write) => {
    await writeMember(write, configName(config), config.size, streamOf(image.configBytes));
    for (const layer of distinctLayers(image))
      await writeMember(write, layerName(layer), layer.size, from.open(layer, options.signal));
    await writeMember(write, 'manifest.json', manifest.length, streamOf(manifest));
    await write(ARCHIVE_END);
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
