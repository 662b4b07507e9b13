import { type Waiting, type HttpClient } from '../../http/index.ts';
import { type Reporter } from '../../report/index.ts';
import { CREDENTIAL_HELPERS, type CredentialHelper, type GivenCredential } from '../../request/index.ts';
import { type SecretWords } from '../auth/secret-words.ts';
import { ecrCredential } from '../clouds/aws/ecr.ts';
import { cloudStore } from '../clouds/cloud-store.ts';
import { CLOUD_ENDPOINTS, type CloudEndpoints, type CloudTools, type Vendor } from '../clouds/cloud-tools.ts';
import { createClouds } from '../clouds/clouds.ts';
import { machineVendor } from '../clouds/machine-vendor.ts';
import { type ConfigDirectories } from './config-places.ts';
import { configStore } from './config-store.ts';
import { type CredentialQuestion, type CredentialStore, type Environment } from './credential-store.ts';
import { secretsOf } from './credential.ts';
import { environmentStore } from './environment-store.ts';
import { gitlabStore } from './gitlab-store.ts';
import { givenStore } from './given-store.ts';
import { helperAnswers } from './helper-answers.ts';
import { keptAnswers } from './kept-answers.ts';

export interface CredentialSourceOptions {
  readonly given: readonly GivenCredential[];
  /** Which of the built-in helpers are asked; all where absent. */
  readonly helpers?: readonly CredentialHelper[] | undefined;
  readonly env: Environment;
  readonly reporter: Reporter;
  readonly secrets: SecretWords;
  readonly http: HttpClient;
  readonly waiting: Waiting;
  readonly directories?: ConfigDirectories | undefined;
  readonly endpoints?: CloudEndpoints | undefined;
  /** Whose machine this is; its firmware is asked where absent. */
  readonly vendor?: Vendor | undefined;
}

/**
 * All places, in order, the first that knows a registry wins: credentials given to this build, configuration files with
 * their helpers, KANIKO_* variables, clouds, GitLab CI, what the CI gave without being asked. There is no second try with
 * another credential after a refusal. Undefined, and so anonymous access, where none knows it. Answers are kept until they
 * run out.
 */
export function createCredentialSource(options: CredentialSourceOptions): CredentialStore {
  const { given, secrets, waiting } = options;
  for (const { username, password } of given) keepSecret({ username, password }, secrets);
  const stores = storesOf(options);
  const answer = keptAnswers(waiting.now);

  const search = async (question: CredentialQuestion, signal?: AbortSignal) => {
    for (const store of stores) {
      const found = await store.find(question, signal);
      if (found === undefined) continue;
      for (const secret of secretsOf(found.credential)) secrets.add(secret);
      return found;
    }
    return undefined;
  };

  return {
    find: (question, signal) =>
      answer(`${question.access} ${question.registry}/${question.repository}`, () =>
        search(question, signal),
      ),
  };
}

function storesOf(options: CredentialSourceOptions): CredentialStore[] {
  const { env, given, reporter, waiting, directories, helpers = CREDENTIAL_HELPERS } = options;
  const tools = toolsOf(options);
  const clouds = createClouds(tools);
  const aws = {
    covers: clouds.ecr.covers,
    useKey: (registry: string, key: { readonly id: string; readonly secret: string }, signal?: AbortSignal) =>
      ecrCredential(registry, { ...key, origin: 'the key that was given' }, tools, signal),
  };
  const builtIn: Readonly<Record<CredentialHelper, CredentialStore>> = {
    env: environmentStore(env),
    google: cloudStore(clouds.google, reporter, waiting),
    ecr: cloudStore(clouds.ecr, reporter, waiting),
    acr: cloudStore(clouds.acr, reporter, waiting),
    gitlab: gitlabStore(env),
    github: givenStore(
      given.filter(({ implied }) => implied === true),
      aws,
    ),
  };
  const asked = CREDENTIAL_HELPERS.filter((name) => helpers.includes(name));
  const hasNative = (registry: string): boolean =>
    Object.entries(clouds).some(
      ([name, cloud]) => asked.some((one) => one === name) && cloud.covers(registry),
    );
  return [
    givenStore(
      given.filter(({ implied }) => implied !== true),
      aws,
    ),
    configStore({
      env,
      directories,
      askHelper: helperAnswers({ env, reporter, now: waiting.now, hasNative }),
    }),
    ...asked.map((name) => builtIn[name]),
  ];
}

function toolsOf(options: CredentialSourceOptions): CloudTools {
  const { http, waiting, env, secrets, endpoints = CLOUD_ENDPOINTS, vendor = machineVendor() } = options;
  return { http, waiting, env, secrets, endpoints, vendor };
}

function keepSecret(
  pair: { readonly username: string; readonly password: string },
  secrets: SecretWords,
): void {
  for (const secret of secretsOf({ kind: 'basic', ...pair })) secrets.add(secret);
}
