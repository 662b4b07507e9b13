import { z } from 'zod';
import { Descriptor } from '../oci/index.ts';
import { CacheKey, keyOf, KeyPart } from './key.ts';

/** A layer as records name it. */
const Layer = z.object({ descriptor: Descriptor, diffId: Descriptor.shape.digest });

const common = {
  key: CacheKey,
  /** What the key was made of, in order. A record whose key is not that of its parts is not a record. */
  parts: z.array(KeyPart).readonly(),
  /** Milliseconds since the epoch. Of two records with one key the later counts. */
  created: z.number().int().nonnegative(),
};

/** The end of the year 9999: later times have no form that others can read. */
const LATEST = 253_402_300_799_999;

/** What an instruction that may change files came to. */
export const StepRecord = z.object({
  kind: z.literal('step'),
  ...common,
  /** Stage and place of the instruction: steps of the same name in two builds are compared to explain a miss. */
  step: z.string(),
  /** Undefined where the instruction changed no file. */
  layer: Layer.optional(),
  /** The time in its history row: milliseconds since the epoch. */
  time: z.number().min(0).max(LATEST),
  /** How long it took to make, in milliseconds. */
  cost: z.number().nonnegative(),
  /** The same step by what it copied in place of how that was made, where there is such a key. */
  contentKey: CacheKey.optional(),
  /** Owners of files in it, or in what came before it, may be others than RUN made them: they could not be recorded. */
  ownersLost: z.literal(true).optional(),
});

/**
 * The headers of a layer, by its diff ID: from those of all layers a tree is known without any of them. They are part of a
 * blob that has those of other layers too.
 */
const ListingRecord = z.object({
  kind: z.literal('listing'),
  ...common,
  diffId: Descriptor.shape.digest,
  listing: Descriptor,
  part: z.object({ offset: z.number().int().nonnegative(), length: z.number().int().nonnegative() }),
});

/** A small document of a base image (manifest, config) by its digest, with its text. */
const DocumentRecord = z.object({
  kind: z.literal('document'),
  ...common,
  digest: Descriptor.shape.digest,
  mediaType: z.string(),
  text: z.string(),
});

/** What a URL gave, by the validator its server told for it (RFC 9110, 8.8.3). */
const DownloadRecord = z.object({
  kind: z.literal('download'),
  ...common,
  etag: z.string().min(1).max(1024),
  /** Digest of the bytes; they are not kept. */
  content: Descriptor.shape.digest,
  /** Seconds since the epoch, as the server told. */
  lastModified: z.number().optional(),
});

/** The contents of a directory of RUN --mount=type=cache. */
const MountRecord = z.object({
  kind: z.literal('mount'),
  ...common,
  /** The id, for people. */
  name: z.string(),
  archive: Descriptor,
});

/** An entry of the cache. It is small; what it stands for lies in blobs. */
export const CacheRecord = z
  .discriminatedUnion('kind', [StepRecord, ListingRecord, DocumentRecord, MountRecord, DownloadRecord])
  .refine(({ key, parts }) => key === keyOf(parts), 'the key is not that of the parts');
export type CacheRecord = z.infer<typeof CacheRecord>;
export type StepRecord = z.infer<typeof StepRecord>;
export type ListingRecord = z.infer<typeof ListingRecord>;
export type DocumentRecord = z.infer<typeof DocumentRecord>;
export type DownloadRecord = z.infer<typeof DownloadRecord>;
export type MountRecord = z.infer<typeof MountRecord>;

/** The blobs a record is worth nothing without. */
export function blobsOf(record: CacheRecord): readonly Descriptor[] {
  switch (record.kind) {
    case 'step':
      return record.layer === undefined ? [] : [record.layer.descriptor];
    case 'listing':
      return [record.listing];
    case 'mount':
      return [record.archive];
    case 'document':
    case 'download':
      return [];
  }
}
