import { isDeepStrictEqual } from 'node:util';
import { platformOf, rootOf } from './assemble-index.ts';
import { encodeIndex } from './encode-documents.ts';
import type { Annotations, ImageSet } from './image.ts';
import { formatReference, parseReference, withDefaultTag } from '../reference/index.ts';
import type { Descriptor, ImageIndex } from '../oci/index.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';
const CONTAINERD_NAME = 'io.containerd.image.name';

/**
 * How an image is named in a layout: by the words given (image-spec annotations.md), or as BuildKit does it, by the tag of a
 * reference, with the whole reference beside it for containerd.
 */
export type LayoutNaming = 'verbatim' | 'buildkit';

/** The content of a layout's `oci-layout` file. */
export const LAYOUT_MARKER = Buffer.from('{"imageLayoutVersion":"1.0.0"}');

/** The annotations that give an image these names in a layout, one record for each name. */
export function layoutNames(tags: readonly string[], naming: LayoutNaming): readonly Annotations[] {
  return [...new Set(tags)].map((name) => {
    if (naming === 'verbatim') return { [REF_NAME]: name };
    const reference = withDefaultTag(parseReference(name));
    return { [CONTAINERD_NAME]: formatReference(reference), [REF_NAME]: reference.tag ?? '' };
  });
}

/**
 * The bytes of an `index.json` with images under their names, in place of what had one of them; without names, once as they
 * are. Image-spec image-layout.md.
 */
export function layoutIndex(index: ImageIndex, set: ImageSet, names: readonly Annotations[]): Buffer {
  const { digest } = rootOf(set).descriptor;
  const isReplaced = (entry: Descriptor): boolean => {
    const own = namesOf(entry);
    if (Object.keys(own).length === 0) return names.length === 0 && entry.digest === digest;
    return names.some((name) => isDeepStrictEqual(name, own));
  };
  const kept = index.manifests.filter((entry) => !isReplaced(entry));
  const added = (names.length === 0 ? [{}] : names).map((name) => listed(set, name));
  return encodeIndex({ ...index, manifests: [...kept, ...added] });
}

function namesOf({ annotations = {} }: Descriptor): Annotations {
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => key === REF_NAME || key === CONTAINERD_NAME),
  );
}

/** An index tells the platforms of its images itself. */
function listed(set: ImageSet, name: Annotations): Descriptor {
  const { mediaType, digest, size, annotations } = rootOf(set).descriptor;
  const all = { ...annotations, ...name };
  return {
    mediaType,
    digest,
    size,
    ...(set.index === undefined && { platform: platformOf(set.images[0]) }),
    ...(Object.keys(all).length > 0 && { annotations: all }),
  };
}
