import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authEntry, credentialPlaces, type CredentialPlaces } from '../../support/credential-places.ts';

let places: CredentialPlaces;
beforeEach(() => (places = credentialPlaces()));
afterEach(() => places.remove());

const user = async (env: Record<string, string>, registry: string, repository?: string) =>
  (await places.open({ env }).user(registry, repository))?.[0];

describe('KANIKO_<HOST>_USER', () => {
  it.each([
    ['registry.example.com', 'KANIKO_REGISTRY_EXAMPLE_COM'],
    ['registry.example.com', 'KANIKO_EXAMPLE_COM'],
    ['my-registry.example.com', 'KANIKO_MY_REGISTRY_EXAMPLE_COM'],
    ['h.io:5000', 'KANIKO_H_IO_5000'],
    ['docker.io', 'KANIKO_DOCKER_IO'],
  ])('for %s may be %s', async (registry, name) => {
    expect(await user({ [`${name}_USER`]: 'u', [`${name}_PASSWORD`]: 'p' }, registry)).toBe('u');
  });

  it('of the whole host goes before that of its domain', async () => {
    const env = {
      KANIKO_H_IO_USER: 'host',
      KANIKO_H_IO_PASSWORD: 'p',
      KANIKO_IO_USER: 'domain',
      KANIKO_IO_PASSWORD: 'p',
    };
    expect(await user(env, 'h.io')).toBe('host');
    expect(await user(env, 'g.io')).toBe('domain');
    expect(await user(env, 'h.com')).toBeUndefined();
  });

  it('needs a password, and a dot before the part it names', async () => {
    expect(await user({ KANIKO_H_IO_USER: 'u' }, 'h.io')).toBeUndefined();
    const env = { KANIKO_H_IO_USER: 'u', KANIKO_H_IO_PASSWORD: 'p' };
    expect(await user(env, 'evilh.io')).toBeUndefined();
    expect(await user(env, 'h.io.evil.example')).toBeUndefined();
  });
});

describe('GitLab CI', () => {
  const JOB = {
    CI_REGISTRY: 'registry.gitlab.example',
    CI_REGISTRY_USER: 'job-user',
    CI_REGISTRY_PASSWORD: 'p',
    CI_DEPENDENCY_PROXY_SERVER: 'gitlab.example:443',
    CI_DEPENDENCY_PROXY_USER: 'proxy-user',
    CI_DEPENDENCY_PROXY_PASSWORD: 'p',
    CI_JOB_TOKEN: 'job-token',
  };

  it('names the users of its registry and of its dependency proxy', async () => {
    expect(await user(JOB, 'registry.gitlab.example')).toBe('job-user');
    expect(await user(JOB, 'gitlab.example:443', 'group/dependency_proxy/containers/alpine')).toBe(
      'proxy-user',
    );
    expect(await user(JOB, 'gitlab.example')).toBe('proxy-user');
  });

  it('has its job token where it names no user', async () => {
    const { CI_REGISTRY, CI_JOB_TOKEN } = JOB;
    expect(await user({ CI_REGISTRY, CI_JOB_TOKEN }, CI_REGISTRY)).toBe('gitlab-ci-token');
    expect(await user({ CI_REGISTRY }, CI_REGISTRY)).toBeUndefined();
  });

  it.each(['gitlab.example:5050', 'evil.example', 'registry.gitlab.example.evil.example', 'docker.io'])(
    'has nothing for %s',
    async (registry) => expect(await user(JOB, registry)).toBeUndefined(),
  );

  it('is asked only where it is among the helpers', async () => {
    const source = places.open({ env: JOB, helpers: ['env'] });
    expect(await source.user(JOB.CI_REGISTRY)).toBeUndefined();
  });
});

describe('DOCKER_CONFIG', () => {
  const content = { auths: { 'h.io': authEntry('u') } };

  it.each([
    ['a directory', 'docker/config.json', 'docker', content],
    ['a file', 'docker/my.json', 'docker/my.json', content],
    ['the directory of a secret of Kubernetes', 'docker/.dockerconfigjson', 'docker', content],
    ['the directory of an old secret of Kubernetes', 'docker/.dockercfg', 'docker', content.auths],
  ])('may be %s', async (_, file, named, written) => {
    places.write(file, written);
    expect(await user({ DOCKER_CONFIG: join(places.directory, named) }, 'h.io')).toBe('u');
  });
});

describe('files that cannot be read', () => {
  it.skipIf(process.getuid?.() === 0)(
    'are an error where they were named or are the user’s own',
    async () => {
      chmodSync(places.write('home/.docker/config.json', '{}'), 0);
      await expect(user({}, 'h.io')).rejects.toMatchObject({ code: 'FILESYSTEM' });
    },
  );

  it.skipIf(process.getuid?.() === 0)('are passed over where they may be others’', async () => {
    chmodSync(places.write('kaniko/config.json', '{}'), 0);
    chmodSync(places.write('run-containers/1234/auth.json', '{}'), 0);
    expect(await user({}, 'h.io')).toBeUndefined();
  });
});

describe('scopes of docker/login-action', () => {
  const root = 'home/.docker/buildx/config';
  const write = (path: string, registry: string, name: string) =>
    places.write(`${root}/${path}/config.json`, { auths: { [registry]: authEntry(name) } });
  const found = async (repository: string, access: 'pull' | 'push') =>
    (await places.open().user('h.io', repository, access))?.[0];

  it('are looked for from the most special on, those for a purpose first', async () => {
    write('h.io', 'h.io', 'registry');
    write('h.io@push', 'h.io', 'registry push');
    write('h.io/org/app', 'h.io', 'app');
    write('h.io/org/app@push', 'h.io', 'app push');
    write('h.io/org/both@pull,push', 'h.io', 'both');
    expect(await found('org/app', 'push')).toBe('app push');
    expect(await found('org/app', 'pull')).toBe('app');
    expect(await found('org/both', 'pull')).toBe('both');
    expect(await found('org/both', 'push')).toBe('both');
    expect(await found('org/other', 'push')).toBe('registry push');
    expect(await found('org/other', 'pull')).toBe('registry');
  });

  it('of Docker Hub lie under the name of its API', async () => {
    write('registry-1.docker.io/me/app', 'https://index.docker.io/v1/', 'hub');
    expect(await user({}, 'docker.io', 'me/app')).toBe('hub');
    expect(await user({}, 'docker.io', 'me/other')).toBeUndefined();
  });

  it('lie in BUILDX_CONFIG where that is set', async () => {
    places.write('bx/config/h.io/config.json', { auths: { 'h.io': authEntry('moved') } });
    expect(await user({ BUILDX_CONFIG: join(places.directory, 'bx') }, 'h.io')).toBe('moved');
  });

  it('hold for the registry they were made for', async () => {
    write('h.io', 'other.io', 'wrong');
    expect(await user({}, 'h.io')).toBeUndefined();
  });
});
