import { type Environment } from '../../credentials/credential-store.ts';

/** The region that is set; undefined where none is, or it could not be part of a host's name. */
export function regionOf(env: Environment): string | undefined {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || '';
  return /^[a-z]{2}[a-z0-9-]{3,30}$/.test(region) ? region : undefined;
}

/** The domain of AWS's services in a region. */
export function suffixOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
