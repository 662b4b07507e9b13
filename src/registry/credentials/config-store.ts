import { readConfigFiles, readInlineConfig, type ConfigDirectories } from './config-places.ts';
import {
  firstOf,
  type CredentialQuestion,
  type CredentialStore,
  type Environment,
} from './credential-store.ts';
import { type FoundCredential } from './credential.ts';
import { type AskForRegistry } from './helper-answers.ts';
import { type PlacedConfig } from './read-config.ts';
import { keysFor } from './registry-key.ts';
import { readScopedConfigs } from './scoped-configs.ts';

export interface ConfigStoreOptions {
  readonly env: Environment;
  readonly directories?: ConfigDirectories | undefined;
  readonly askHelper: AskForRegistry;
}

/**
 * Docker's and podman's configurations. Within one: the helper for that registry, then the helper for all, then the entry.
 * Files are read at first use, those of docker/login-action's scopes for each question.
 */
export function configStore({ env, directories, askHelper }: ConfigStoreOptions): CredentialStore {
  let inline: readonly PlacedConfig[] | undefined;
  let files: readonly PlacedConfig[] | undefined;

  const search = async (
    { origin, config }: PlacedConfig,
    { registry, repository }: CredentialQuestion,
    signal?: AbortSignal,
  ): Promise<FoundCredential | undefined> => {
    const keys = keysFor(registry, repository);
    const helper = firstOf(keys, config.helpers) ?? config.store;
    const fromHelper = helper === undefined ? undefined : await askHelper(helper, registry, origin, signal);
    if (fromHelper !== undefined) return fromHelper;
    const credential = firstOf(keys, config.auths);
    return credential === undefined ? undefined : { credential, origin };
  };

  return {
    async find(question, signal) {
      inline ??= readInlineConfig(env);
      files ??= readConfigFiles(env, directories);
      for (const place of [...inline, ...readScopedConfigs(question, env), ...files]) {
        const found = await search(place, question, signal);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
