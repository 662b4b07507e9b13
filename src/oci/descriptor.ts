import { z } from 'zod';
import { isDigest, type Digest } from './digest.ts';
import { Platform } from './platform.ts';

export const DigestField = z.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'not a sha256 digest',
);

/** image-spec descriptor.md. */
export const Descriptor = z.looseObject({
  mediaType: z.string(),
  digest: DigestField,
  size: z.number().int().nonnegative(),
  urls: z.array(z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  platform: Platform.optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;
