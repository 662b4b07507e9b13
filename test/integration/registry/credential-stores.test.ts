import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authEntry, credentialPlaces, type CredentialPlaces } from '../../support/credential-places.ts';
import { missingProgram, startDockerRegistry, type DockerRegistry } from '../../support/docker-registry.ts';
import { layerOf, openSession, streamOf, type SessionSettings } from '../../support/registry-session.ts';

const missing = missingProgram();
const USER = { username: 'u', password: 'p:"ä' };
const BYTES = Buffer.from('content of a layer');

function hasSkopeo(): boolean {
  try {
    execFileSync('skopeo', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let places: CredentialPlaces;
beforeEach(() => (places = credentialPlaces()));
afterEach(() => places.remove());

/** Ways to keep a credential for a host: what they write, and the environment they need. */
const entry = () => authEntry(USER.username, USER.password);
const answer = JSON.stringify({ Username: USER.username, Secret: USER.password });
const WAYS: Readonly<Record<string, (host: string) => SessionSettings>> = {
  'given to the build': (host) => ({ credentials: [{ registry: `http://${host}/`, ...USER }] }),
  'given for a path': (host) => ({ credentials: [{ registry: `${host}/team`, ...USER, access: 'push' }] }),
  DOCKER_AUTH_CONFIG: (host) => ({
    env: { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [`http://${host}/v1/`]: entry() } }) },
  }),
  'config.json': (host) => {
    places.write('home/.docker/config.json', { auths: { [host]: entry() } });
    return {};
  },
  'config.json with user name and password': (host) => {
    places.write('home/.docker/config.json', { auths: { [host]: USER } });
    return {};
  },
  'a secret of Kubernetes': (host) => {
    places.write('secret/.dockerconfigjson', { auths: { [`https://${host}/v2/`]: entry() } });
    return { env: { DOCKER_CONFIG: join(places.directory, 'secret') } };
  },
  'credHelpers, with a helper': (host) => {
    places.helper('one', `[ "$server" = "${host}" ] && cat <<'END'\n${answer}\nEND`);
    places.write('home/.docker/config.json', { credHelpers: { [host]: 'one' } });
    return {};
  },
  'credsStore, with a helper': (host) => {
    places.helper('all', `cat <<'END'\n${answer}\nEND`);
    places.write('home/.docker/config.json', { credsStore: 'all', auths: { [host]: {} } });
    return {};
  },
  'auth.json for a path': (host) => {
    const wrong = authEntry('nobody', 'wrong');
    places.write('run/containers/auth.json', { auths: { [`${host}/team`]: entry(), [host]: wrong } });
    return { env: { XDG_RUNTIME_DIR: join(places.directory, 'run') } };
  },
  'a scoped file of docker/login-action': (host) => {
    places.write(`home/.docker/buildx/config/${host}/team@push/config.json`, { auths: { [host]: entry() } });
    return {};
  },
  'KANIKO_<HOST>_USER': (host) => {
    const name = `KANIKO_${host.replace(/[.:]/g, '_')}`;
    return { env: { [`${name}_USER`]: USER.username, [`${name}_PASSWORD`]: USER.password } };
  },
  'variables of GitLab CI': (host) => ({
    env: { CI_REGISTRY: host, CI_REGISTRY_USER: USER.username, CI_REGISTRY_PASSWORD: USER.password },
  }),
};

function settings(way: SessionSettings): SessionSettings {
  const home = {
    HOME: join(places.directory, 'home'),
    PATH: `${join(places.directory, 'bin')}:/usr/bin:/bin`,
  };
  return { ...way, env: { ...home, ...way.env } };
}

async function push(registry: DockerRegistry, way: SessionSettings): Promise<void> {
  const session = openSession(settings(way));
  try {
    const target = session.repository(`${registry.host}/team/app`);
    await target.checkPush();
    await target.put(layerOf(BYTES), streamOf(BYTES));
    expect(await target.has(layerOf(BYTES))).toBe(true);
    expect(session.warnings).toEqual([]);
  } finally {
    await session.close();
  }
}

describe.skipIf(missing !== undefined).each(['basic', 'token'] as const)(
  `distribution's registry with %s authentication${missing === undefined ? '' : ` (no ${missing})`}`,
  (auth) => {
    let registry: DockerRegistry;
    beforeAll(async () => (registry = await startDockerRegistry({ auth, ...USER })));
    afterAll(() => registry.close());

    it.each(Object.entries(WAYS))('takes what it finds in %s', async (_, way) => {
      await push(registry, way(registry.host));
    });

    it.skipIf(!hasSkopeo())('takes what a login of skopeo leaves', async () => {
      const file = join(places.directory, 'auth.json');
      const login = [
        'login',
        '--authfile',
        file,
        '--tls-verify=false',
        '-u',
        USER.username,
        '-p',
        USER.password,
      ];
      // The token server is in this process: it must not stand still meanwhile.
      await promisify(execFile)('skopeo', [...login, registry.host], { timeout: 30_000 });
      await push(registry, { env: { REGISTRY_AUTH_FILE: file } });
    });

    it('refuses others, with an error that says who they are and where that is from', async () => {
      places.write('home/.docker/config.json', {
        auths: { [registry.host]: authEntry('mallory', 'wr0ng-secret') },
      });
      const error = await push(registry, {}).then(
        () => undefined,
        (thrown: unknown) => thrown as Error,
      );
      expect(error).toMatchObject({ code: 'REGISTRY_AUTH' });
      expect(error?.message).toContain(
        `user "mallory" (${join(places.directory, 'home/.docker/config.json')})`,
      );
      expect(`${error?.message} ${error?.stack}`).not.toContain('wr0ng-secret');
    });
  },
);
