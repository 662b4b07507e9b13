import { ARCHIVE_END, writeMember } from './archive-member.ts';
import { distinctLayers, documentsOf } from './document-blobs.ts';
import type { ImageSet } from './image.ts';
import { layoutIndex, layoutNames, LAYOUT_MARKER } from './layout-index.ts';
import type { WriteOptions } from './write-oci-layout.ts';
import { writeTo, type WriteTarget } from './write-target.ts';
import { streamOf, type BlobSource } from '../content/index.ts';
import { digestHex, mediaTypes, type Descriptor, type ImageIndex } from '../oci/index.ts';

/**
 * Writes images as a tar archive of an OCI layout (image-spec image-layout.md), named as BuildKit names them: what skopeo
 * calls oci-archive. `tags` are references. The same images and tags give the same bytes. Throws FILESYSTEM.
 */
export async function writeOciArchive(
  set: ImageSet,
  from: BlobSource,
  target: WriteTarget,
  { tags, signal }: WriteOptions,
): Promise<void> {
  const empty: ImageIndex = { schemaVersion: 2, mediaType: mediaTypes.OCI_INDEX, manifests: [] };
  const index = layoutIndex(empty, set, layoutNames(tags, 'buildkit'));
  await writeTo(target, async (write) => {
    await writeMember(write, 'oci-layout', LAYOUT_MARKER.length, streamOf(LAYOUT_MARKER));
    await writeMember(write, 'index.json', index.length, streamOf(index));
    for (const { descriptor, bytes } of documentsOf(set))
      await writeMember(write, blobName(descriptor), bytes.length, streamOf(bytes));
    for (const layer of distinctLayers(...set.images))
      await writeMember(write, blobName(layer), layer.size, from.open(layer, signal));
    await write(ARCHIVE_END);
  });
}

function blobName({ digest }: Descriptor): string {
  return `blobs/sha256/${digestHex(digest)}`;
}
