import { z } from 'zod';

/** How metadata services of AWS write a key. */
export const LentKey = z.looseObject({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().nullish(),
});
