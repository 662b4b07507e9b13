import { mkdirSync, rmSync } from 'node:fs';
import { createHttpClient, type HttpClient } from '../http/index.ts';
import { createRegistryClient, registryTrust, type RegistryClient } from '../registry/index.ts';
import type { BuildRequest, BuildSurroundings } from '../request/index.ts';
import { makeScratch } from './make-scratch.ts';

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
  { env, reporter }: Pick<BuildSurroundings, 'env' | 'reporter'>,
  work: (place: ScratchPlace) => Promise<T>,
): Promise<T> {
  mkdirSync(scratchParent, { recursive: true });
  const scratch = makeScratch(scratchParent);
  const http = createHttpClient({ env, materialOf: registryTrust(registries, env) });
  try {
    const registry = createRegistryClient({ registries, credentials, env, reporter, http });
    return await work({ scratch, http, registry });
  } finally {
    await http.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
