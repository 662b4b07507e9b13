import { rmSync } from 'node:fs';
import { createHttpClient, type HttpClient } from '../http/index.ts';
import { findScratch, makeScratch } from '../isolation/index.ts';
import { createRegistryClient, registryTrust, type RegistryClient } from '../registry/index.ts';
import type { BuildRequest, BuildSurroundings } from '../request/index.ts';

/** What work without isolation has. */
export interface ScratchPlace {
  readonly scratch: string;
  readonly http: HttpClient;
  readonly registry: RegistryClient;
}

/** Does work that needs registries and a directory, in which nothing is executed; nothing of it is left behind. */
export async function inScratch<T>(
  {
    registries,
    credentials,
    scratchParent,
  }: Pick<BuildRequest, 'registries' | 'credentials' | 'scratchParent'>,
  { env, reporter, onScratch }: Pick<BuildSurroundings, 'env' | 'reporter' | 'onScratch'>,
  work: (place: ScratchPlace) => Promise<T>,
): Promise<T> {
  const { place } = await findScratch({ wanted: scratchParent, env, only: 'none' });
  const scratch = await makeScratch(place.directory, 'none');
  onScratch?.(scratch.directory);
  const http = createHttpClient({ env, materialOf: registryTrust(registries, env) });
  try {
    const registry = createRegistryClient({ registries, credentials, env, reporter, http });
    return await work({ scratch: scratch.directory, http, registry });
  } finally {
    await http.close();
    rmSync(scratch.directory, { recursive: true, force: true });
    await scratch.release();
  }
}
