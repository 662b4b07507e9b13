import { createHash } from 'node:crypto';
import { BuildError } from '../../errors/index.ts';
import { MAX_KEY_LENGTH } from './limits.ts';

/** Entries of another version are not seen: raised whenever what lies in entries changes its form. */
const LAYOUT = 'ts-kaniko|github|1';

/** The version all our entries have. A hash, as the service's own clients send. */
export const ENTRY_VERSION = createHash('sha256').update(LAYOUT).digest('hex');

/** The key, checked. Throws INTERNAL for what the service would refuse: keys longer than 512 characters or with commas. */
export function checkKey(key: string): string {
  if (key.length === 0 || key.length > MAX_KEY_LENGTH || !/^[\x21-\x2b\x2d-\x7e]+$/.test(key))
    throw new BuildError('INTERNAL', `not a key of the cache service: ${JSON.stringify(key.slice(0, 80))}`);
  return key;
}
