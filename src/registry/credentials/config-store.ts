import { BuildError } from '../../errors/index.ts';
import { type Reporter } from '../../report/index.ts';
import { readConfigFiles, readInlineConfig, type ConfigDirectories } from './config-places.ts';
import {
  firstOf,
  type CredentialQuestion,
  type CredentialStore,
  type Environment,
} from './credential-store.ts';
import { type Credential, type FoundCredential } from './credential.ts';
import { askHelper, isInstalled } from './helper.ts';
import { type PlacedConfig } from './read-config.ts';
import { helperServer, keysFor } from './registry-key.ts';
import { readScopedConfigs } from './scoped-configs.ts';

export interface ConfigStoreOptions {
  readonly env: Environment;
  readonly reporter: Reporter;
  readonly directories?: ConfigDirectories | undefined;
  /** True where this registry's credential is found without a helper program too. */
  readonly hasNative: (registry: string) => boolean;
}

/**
 * Docker's and podman's configurations. Within one: the helper for that registry, then the helper for all, then the entry.
 * Files are read at first use, a helper is asked once for a registry. One that fails is a warning: public images need none.
 */
export function configStore(options: ConfigStoreOptions): CredentialStore {
  const { env } = options;
  const asked = new Map<string, Promise<Credential | undefined>>();
  let inline: readonly PlacedConfig[] | undefined;
  let files: readonly PlacedConfig[] | undefined;

  const ask = async (
    helper: string,
    { origin, registry }: { readonly origin: string; readonly registry: string },
    signal?: AbortSignal,
  ): Promise<FoundCredential | undefined> => {
    if (options.hasNative(registry) && !isInstalled(helper, env)) {
      options.reporter.debug(`credential helper ${JSON.stringify(helper)} is not installed, and not needed`);
      return undefined;
    }
    const server = helperServer(registry);
    const key = JSON.stringify([helper, server]);
    const answer = asked.get(key) ?? askHelper(helper, server, env, signal);
    asked.set(key, answer);
    try {
      const credential = await answer;
      return credential === undefined ? undefined : { credential, origin: `credential helper ${helper}` };
    } catch (error) {
      if (!(error instanceof BuildError) || error.code !== 'REGISTRY_AUTH') {
        asked.delete(key);
        throw error;
      }
      options.reporter.warn(`${error.message} (named in ${origin}, asked for ${registry})`);
      return undefined;
    }
  };

  const search = async (
    { origin, config }: PlacedConfig,
    { registry, repository }: CredentialQuestion,
    signal?: AbortSignal,
  ): Promise<FoundCredential | undefined> => {
    const keys = keysFor(registry, repository);
    const helper = firstOf(keys, config.helpers) ?? config.store;
    const fromHelper = helper === undefined ? undefined : await ask(helper, { origin, registry }, signal);
    if (fromHelper !== undefined) return fromHelper;
    const credential = firstOf(keys, config.auths);
    return credential === undefined ? undefined : { credential, origin };
  };

  return {
    async find(question, signal) {
      inline ??= readInlineConfig(env);
      files ??= readConfigFiles(env, options.directories);
      for (const place of [...inline, ...readScopedConfigs(question, env), ...files]) {
        const found = await search(place, question, signal);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
