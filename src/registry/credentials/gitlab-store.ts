import { type CredentialStore, type Environment } from './credential-store.ts';
import { type Credential } from './credential.ts';
import { registryKey } from './registry-key.ts';

/** GitLab's two registries of a job: the variables that name host, user and password. */
const PLACES = [
  ['CI_REGISTRY', 'CI_REGISTRY_USER', 'CI_REGISTRY_PASSWORD'],
  ['CI_DEPENDENCY_PROXY_SERVER', 'CI_DEPENDENCY_PROXY_USER', 'CI_DEPENDENCY_PROXY_PASSWORD'],
] as const;
const JOB_USER = 'gitlab-ci-token';

/** The variables of GitLab CI: the registry and the dependency proxy of the job's own server, and no other. */
export function gitlabStore(env: Environment): CredentialStore {
  return {
    find: ({ registry }) => {
      for (const [server, user, password] of PLACES) {
        const host = env[server] ?? '';
        if (host === '' || withPort(host) !== withPort(registry)) continue;
        const credential = pairOf(env, user, password);
        if (credential !== undefined) return Promise.resolve({ credential, origin: server });
      }
      return Promise.resolve(undefined);
    },
  };
}

function pairOf(env: Environment, user: string, password: string): Credential | undefined {
  const [username, secret, job] = [env[user], env[password], env['CI_JOB_TOKEN']];
  if (username && secret) return { kind: 'basic', username, password: secret };
  return job ? { kind: 'basic', username: JOB_USER, password: job } : undefined;
}

/** GitLab writes the dependency proxy with its port, people do not. */
function withPort(host: string): string {
  const key = registryKey(host);
  return /:\d+$/.test(key) ? key : `${key}:443`;
}
