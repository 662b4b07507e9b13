import { BuildError } from '../../errors/index.ts';
import { type Reporter } from '../../report/index.ts';
import { type GivenCredential } from '../../request/index.ts';
import { readConfigs, type Environment, type PlacedConfig } from './config-places.ts';
import { type FoundCredential } from './credential.ts';
import { askHelper } from './helper.ts';
import { helperServer, keysFor, registryKey } from './registry-key.ts';

export interface CredentialSource {
  /** The credential for a repository; undefined where there is none, and access is anonymous. */
  find(registry: string, repository: string, signal?: AbortSignal): Promise<FoundCredential | undefined>;
}

/**
 * Looks in the credentials given to us, then in the configuration files; within a file first in the helper for that
 * registry, then the helper for all, then the entry. Files are read at first use. A helper that fails is a warning:
 * public images need none.
 */
export function createCredentialSource(options: {
  readonly given: readonly GivenCredential[];
  readonly env: Environment;
  readonly reporter: Reporter;
}): CredentialSource {
  const given = new Map(options.given.map((entry) => [registryKey(entry.registry), entry]));
  const found = new Map<string, Promise<FoundCredential | undefined>>();
  let configs: readonly PlacedConfig[] | undefined;

  const search = async (registry: string, keys: readonly string[], signal?: AbortSignal) => {
    const own = firstOf(keys, given);
    if (own !== undefined) {
      const { username, password } = own;
      return { credential: { kind: 'basic', username, password }, origin: 'given' } as const;
    }
    configs ??= readConfigs(options.env);
    for (const place of configs) {
      const hit = await searchConfig(place, registry, keys, options, signal);
      if (hit !== undefined) return hit;
    }
    return undefined;
  };

  return {
    find(registry, repository, signal) {
      const keys = keysFor(registry, repository);
      const [cacheKey = registry] = keys;
      const known = found.get(cacheKey) ?? search(registry, keys, signal);
      found.set(cacheKey, known);
      known.catch(() => found.delete(cacheKey));
      return known;
    },
  };
}

async function searchConfig(
  { origin, config }: PlacedConfig,
  registry: string,
  keys: readonly string[],
  { env, reporter }: { readonly env: Environment; readonly reporter: Reporter },
  signal?: AbortSignal,
): Promise<FoundCredential | undefined> {
  const helper = firstOf(keys, config.helpers) ?? config.store;
  if (helper !== undefined) {
    try {
      const credential = await askHelper(helper, helperServer(registry), env, signal);
      if (credential !== undefined) return { credential, origin: `credential helper ${helper}` };
    } catch (error) {
      if (!(error instanceof BuildError) || error.code !== 'REGISTRY_AUTH') throw error;
      reporter.warn(`${error.message} (named in ${origin}, asked for ${registry})`);
    }
  }
  const credential = firstOf(keys, config.auths);
  return credential === undefined ? undefined : { credential, origin };
}

function firstOf<T>(keys: readonly string[], map: ReadonlyMap<string, T>): T | undefined {
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) return value;
  }
  return undefined;
}
