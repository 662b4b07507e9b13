import { type z } from 'zod';
import { MANIFEST_LIMIT_BYTES } from './limits.ts';
import type { ManifestBytes } from './image.ts';
import { BuildError } from '../errors/index.ts';
import { digestOf, ImageIndex, ImageManifest, isIndexType, isManifestType } from '../oci/index.ts';

/** A manifest or an index, told apart by the declared media type. */
export type ImageDocument =
  | { readonly kind: 'index'; readonly index: ImageIndex }
  | { readonly kind: 'manifest'; readonly manifest: ImageManifest };

const SCHEMA1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;

/** Fields that one kind of document has and the other must not have. */
const INDEX_FIELDS = ['manifests'];
const MANIFEST_FIELDS = ['config', 'layers', 'fsLayers'];

/**
 * Reads a manifest or index by its declared media type; size and digest are checked first. A document that could be
 * read in two ways is refused (CVE-2021-41190), so is one whose own mediaType contradicts the declared one. Throws
 * IMAGE, or CONTENT where the bytes are not those of the descriptor.
 */
export function parseDocument({ descriptor, bytes }: ManifestBytes): ImageDocument {
  checkBytes({ descriptor, bytes });
  const mediaType = withoutParameters(descriptor.mediaType);
  const value = parseJson(bytes, descriptor.digest);
  refuseSchema1(mediaType, value);
  refuseAmbiguity(mediaType, value, descriptor.digest);
  if (isIndexType(mediaType)) return { kind: 'index', index: shaped(ImageIndex, value, 'image index') };
  if (isManifestType(mediaType)) {
    return { kind: 'manifest', manifest: shaped(ImageManifest, value, 'image manifest') };
  }
  throw new BuildError('IMAGE', `${descriptor.digest} is no image: its media type is ${quoted(mediaType)}`);
}

/** JSON as a value; `null` fields are left out, as Go's decoder treats them. Throws IMAGE. */
export function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text, (_key, value: unknown) => (value === null ? undefined : value));
  } catch (cause) {
    throw new BuildError('IMAGE', `${name} is not valid JSON`, { cause });
  }
}

/** The value as its schema has it; throws IMAGE naming the first field that is wrong. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'document' : issue.path.join('.');
  throw new BuildError('IMAGE', `the ${what} is not valid: ${field}: ${issue?.message ?? 'unreadable'}`);
}

function checkBytes({ descriptor, bytes }: ManifestBytes): void {
  const size = Math.max(bytes.length, descriptor.size);
  if (size > MANIFEST_LIMIT_BYTES) {
    throw new BuildError(
      'IMAGE',
      `the manifest ${descriptor.digest} has ${size} bytes; at most ${MANIFEST_LIMIT_BYTES} are read`,
    );
  }
  if (bytes.length !== descriptor.size || digestOf(bytes) !== descriptor.digest) {
    throw new BuildError('CONTENT', `the manifest ${descriptor.digest} does not match its size or digest`);
  }
}

function refuseSchema1(mediaType: string, value: unknown): void {
  if (!SCHEMA1.test(mediaType) && fieldOf(value, 'schemaVersion') !== 1) return;
  throw new BuildError('IMAGE', 'the image has a Docker schema 1 manifest, a format given up in 2017', {
    hint: 'pull and push it again with a current tool, for instance `skopeo copy --format oci`',
  });
}

function refuseAmbiguity(mediaType: string, value: unknown, name: string): void {
  const has = (field: string): boolean => fieldOf(value, field) !== undefined;
  if (INDEX_FIELDS.some(has) && MANIFEST_FIELDS.some(has)) {
    throw new BuildError('IMAGE', `${name} is both an image index and an image manifest; it is not read`);
  }
  const own = fieldOf(value, 'mediaType');
  if (own !== undefined && own !== '' && own !== mediaType) {
    throw new BuildError(
      'IMAGE',
      `${name} is served as ${quoted(mediaType)}, but says of itself ${quoted(String(own))}`,
    );
  }
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, field)?.value;
}

function withoutParameters(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim();
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
