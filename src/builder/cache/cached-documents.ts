import { keyOf, keyPart, type CacheKey, type DocumentRecord, type KeyPart } from '../../cache/index.ts';
import type { LayerCache } from '../../build/index.ts';
import { readBlob } from '../../content/index.ts';
import type { ManifestBytes, ManifestSource } from '../../image/index.ts';
import { digestOf, isDigest, type Descriptor, type Digest } from '../../oci/index.ts';

/** Larger documents are fetched each time: an index with many of them is read by every build. */
const LARGEST = 64 * 1024;

/**
 * The same source, whose manifests and configs, asked for by digest, come out of the cache where it has them: they are what
 * their digest says, whoever wrote them there.
 */
export function cachedDocuments(
  source: ManifestSource,
  cache: LayerCache,
  now: () => number,
): ManifestSource {
  return {
    getManifest: async (tagOrDigest, signal) => {
      const known = isDigest(tagOrDigest) ? await documentOf(tagOrDigest, cache) : undefined;
      if (known !== undefined) return manifestOf(known);
      const found = await source.getManifest(tagOrDigest, signal);
      keepDocument(found.descriptor, found.bytes, cache, now);
      return found;
    },
    async *open(descriptor, signal) {
      const known = await documentOf(descriptor.digest, cache);
      if (known !== undefined) return yield Buffer.from(known.text, 'utf8');
      if (descriptor.size > LARGEST) return yield* source.open(descriptor, signal);
      const bytes = await readBlob(source, descriptor, LARGEST, signal);
      keepDocument(descriptor, bytes, cache, now);
      yield bytes;
    },
  };
}

/** A document of the cache by its digest; undefined where it is not there or another. */
export async function documentOf(digest: Digest, cache: LayerCache): Promise<DocumentRecord | undefined> {
  const key = keyOf(documentParts(digest));
  const record = (await cache.lookup([key])).get(key);
  const isRight = record?.kind === 'document' && digestOf(record.text) === digest;
  return isRight ? record : undefined;
}

/** A document as the manifest it is. */
export function manifestOf({ mediaType, digest, text }: DocumentRecord): ManifestBytes {
  const bytes = Buffer.from(text, 'utf8');
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}

/** Keeps a document, where it is small enough. */
export function keepDocument(
  { digest, mediaType }: Descriptor,
  bytes: Buffer,
  cache: LayerCache,
  now: () => number,
): void {
  const text = bytes.toString('utf8');
  // Bytes that are no text would not come back as they are.
  if (!cache.keeps || bytes.length > LARGEST || digestOf(text) !== digest) return;
  const parts = documentParts(digest);
  const key: CacheKey = keyOf(parts);
  cache.keep({ kind: 'document', key, parts, created: now(), digest, mediaType, text });
}

function documentParts(digest: Digest): readonly KeyPart[] {
  return [keyPart('kind', 'document', 1), keyPart('digest', digest)];
}
