import { type Reporter } from '../../report/index.ts';
import { CREDENTIAL_HELPERS, type CredentialHelper, type GivenCredential } from '../../request/index.ts';
import { type SecretWords } from '../auth/secret-words.ts';
import { type ConfigDirectories } from './config-places.ts';
import { configStore } from './config-store.ts';
import { type CredentialStore, type Environment } from './credential-store.ts';
import { secretsOf } from './credential.ts';
import { environmentStore } from './environment-store.ts';
import { gitlabStore } from './gitlab-store.ts';
import { givenStore } from './given-store.ts';

export interface CredentialSourceOptions {
  readonly given: readonly GivenCredential[];
  /** Which of the built-in helpers are asked; all where absent. */
  readonly helpers?: readonly CredentialHelper[] | undefined;
  readonly env: Environment;
  readonly reporter: Reporter;
  readonly secrets: SecretWords;
  readonly directories?: ConfigDirectories | undefined;
}

/**
 * All places, in order, the first that knows a registry wins: credentials given to this build, configuration files with
 * their helpers, KANIKO_* variables, clouds, GitLab CI, what the CI gave without being asked. There is no second try with
 * another credential after a refusal. Undefined, and so anonymous access, where none knows it.
 */
export function createCredentialSource(options: CredentialSourceOptions): CredentialStore {
  const { env, given, secrets } = options;
  const stores = storesOf(options);
  for (const { username, password } of given)
    for (const secret of secretsOf({ kind: 'basic', username, password })) secrets.add(secret);
  return {
    async find(question, signal) {
      for (const store of stores) {
        const found = await store.find(question, signal);
        if (found === undefined) continue;
        for (const secret of secretsOf(found.credential)) secrets.add(secret);
        return found;
      }
      return undefined;
    },
  };

  function storesOf({ reporter, directories, helpers = CREDENTIAL_HELPERS }: CredentialSourceOptions) {
    const builtIn: Readonly<Record<CredentialHelper, CredentialStore | undefined>> = {
      env: environmentStore(env),
      gitlab: gitlabStore(env),
      github: givenStore(given.filter(({ implied }) => implied === true)),
    };
    return [
      givenStore(given.filter(({ implied }) => implied !== true)),
      configStore({ env, reporter, directories, hasNative: () => false }),
      ...CREDENTIAL_HELPERS.filter((name) => helpers.includes(name)).map((name) => builtIn[name]),
    ].filter((store) => store !== undefined);
  }
}
