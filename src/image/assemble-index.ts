import { describe } from '../content/index.ts';
import { encodeIndex } from './encode-documents.ts';
import { FORMAT_TYPES, type ImageFormat } from './format-types.ts';
import type { Annotations, Image, ImageSet, ManifestBytes } from './image.ts';
import { BuildError } from '../errors/index.ts';
import { formatPlatform, type Descriptor, type ImageIndex, type Platform } from '../oci/index.ts';

/** An entry of an index: a manifest, and the platform it is for. */
export interface IndexEntry {
  readonly descriptor: Descriptor;
  readonly platform: Platform | undefined;
}

export interface IndexParts {
  /** In the order they are listed in. */
  readonly entries: readonly IndexEntry[];
  readonly format: ImageFormat;
  readonly annotations?: Annotations | undefined;
  /** Annotations of the index's own descriptor, wherever it is listed. */
  readonly descriptorAnnotations?: Annotations | undefined;
}

/** An index of manifests, image-spec image-index.md. Throws USAGE where two of them are for the same platform. */
export function assembleIndex(parts: IndexParts): ManifestBytes {
  const { entries, format, annotations = {}, descriptorAnnotations = {} } = parts;
  refuseTwins(entries);
  const mediaType = FORMAT_TYPES[format].index;
  const index: ImageIndex = { schemaVersion: 2, mediaType, manifests: entries.map(listed) };
  if (Object.keys(annotations).length > 0) index.annotations = { ...annotations };
  const bytes = encodeIndex(index);
  const plain = describe(mediaType, bytes);
  const isPlain = Object.keys(descriptorAnnotations).length === 0;
  return { descriptor: isPlain ? plain : { ...plain, annotations: { ...descriptorAnnotations } }, bytes };
}

/** The platform an image says it is for. */
export function platformOf({ config }: Image): Platform {
  const { os, architecture, variant } = config;
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** What names the whole: the index, or the one manifest. */
export function rootOf({ images: [first], index }: ImageSet): ManifestBytes {
  return index ?? { descriptor: first.descriptor, bytes: first.manifestBytes };
}

function listed({ descriptor, platform }: IndexEntry): Descriptor {
  const { mediaType, digest, size, annotations } = descriptor;
  return {
    mediaType,
    digest,
    size,
    ...(annotations !== undefined && { annotations }),
    ...(platform !== undefined && { platform }),
  };
}

function refuseTwins(entries: readonly IndexEntry[]): void {
  const seen = new Set<string>();
  for (const { platform } of entries) {
    if (platform === undefined) continue;
    const name = `${formatPlatform(platform)} ${String(platform['os.version'] ?? '')}`.trim();
    if (seen.has(name)) {
      throw new BuildError('USAGE', `two images of the index are for ${name}`, {
        hint: 'an index has one image for each platform',
      });
    }
    seen.add(name);
  }
}
