import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCredentialSource } from '../../../src/registry/credentials/credential-source.ts';
import { silentReporter } from '../../../src/report/index.ts';
import { type GivenCredential } from '../../../src/request/index.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'credentials-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function write(path: string, content: unknown, mode = 0o600): string {
  const file = join(directory, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
  return file;
}

const entry = (user: string) => ({ auth: Buffer.from(`${user}:p`).toString('base64') });
const helper = (name: string, script: string): string =>
  write(`bin/docker-credential-${name}`, `#!/bin/sh\nread server\n${script}\n`, 0o755);

function source(env: Record<string, string>, given: readonly GivenCredential[] = []) {
  const warnings: string[] = [];
  const reporter = { ...silentReporter(), warn: (message: string) => void warnings.push(message) };
  const path = { PATH: `${join(directory, 'bin')}:/usr/bin:/bin`, HOME: join(directory, 'home') };
  const found = createCredentialSource({ given, env: { ...path, ...env }, reporter });
  return {
    warnings,
    user: async (registry: string, repository = 'a/b') => {
      const { credential, origin } = (await found.find(registry, repository)) ?? {};
      return credential === undefined
        ? undefined
        : [credential.kind === 'basic' ? credential.username : credential.token, origin];
    },
  };
}

describe('the order of places', () => {
  it('is: given, DOCKER_AUTH_CONFIG, docker, podman', async () => {
    const runtime = join(directory, 'run');
    const podman = write('run/containers/auth.json', { auths: { 'h.io': entry('podman') } });
    const podmanOnly = { XDG_RUNTIME_DIR: runtime };
    expect(await source(podmanOnly).user('h.io')).toEqual(['podman', podman]);

    const home = write('home/.docker/config.json', { auths: { 'h.io': entry('home') } });
    expect(await source(podmanOnly).user('h.io')).toEqual(['home', home]);

    const config = write('docker/config.json', { auths: { 'h.io': entry('configured') } });
    const docker = { ...podmanOnly, DOCKER_CONFIG: join(directory, 'docker') };
    expect(await source(docker).user('h.io')).toEqual(['configured', config]);

    const inline = { ...docker, DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'h.io': entry('inline') } }) };
    expect(await source(inline).user('h.io')).toEqual(['inline', 'DOCKER_AUTH_CONFIG']);

    const given = [{ registry: 'https://h.io/', username: 'given', password: 'p' }];
    expect(await source(inline, given).user('h.io')).toEqual(['given', 'given']);
    expect(await source(inline, given).user('other.io')).toBeUndefined();
  });

  it('goes on to the next place where one does not know the registry', async () => {
    write('home/.docker/config.json', { auths: { 'h.io': entry('home') } });
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'other.io': entry('inline') } }) };
    expect(await source(env).user('h.io')).toEqual(['home', expect.anything()]);
  });

  it('knows Docker Hub by its old address, and nobody else by it', async () => {
    write('home/.docker/config.json', { auths: { 'https://index.docker.io/v1/': entry('hub') } });
    expect(await source({}).user('docker.io')).toEqual(['hub', expect.anything()]);
    expect(await source({}).user('ghcr.io')).toBeUndefined();
    expect(await source({}).user('evil-docker.io')).toBeUndefined();
  });

  it('tells repositories of one registry apart', async () => {
    const env = {
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'h.io/a': entry('a'), 'h.io': entry('all') } }),
    };
    expect(await source(env).user('h.io', 'a/x')).toEqual(['a', expect.anything()]);
    expect(await source(env).user('h.io', 'ab/x')).toEqual(['all', expect.anything()]);
  });

  it('tells ports apart', async () => {
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'h.io:5000': entry('a') } }) };
    expect(await source(env).user('h.io')).toBeUndefined();
    expect(await source(env).user('h.io:5001')).toBeUndefined();
  });

  it('throws for a broken file', async () => {
    write('home/.docker/config.json', '{"auths":');
    await expect(source({}).user('h.io')).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('helpers', () => {
  const config = (content: unknown): void => void write('home/.docker/config.json', content);

  it('for one registry go before the one for all, and that before auths', async () => {
    helper('one', `echo '{"ServerURL":"'$server'","Username":"one","Secret":"s"}'`);
    helper('all', `echo '{"Username":"all '$server'","Secret":"s"}'`);
    config({ credHelpers: { 'one.io': 'one' }, credsStore: 'all', auths: { 'one.io': entry('file') } });
    expect(await source({}).user('one.io')).toEqual(['one', 'credential helper one']);
    expect(await source({}).user('two.io')).toEqual(['all two.io', 'credential helper all']);
    expect(await source({}).user('docker.io')).toEqual([
      'all https://index.docker.io/v1/',
      expect.anything(),
    ]);
  });

  it('may give a token', async () => {
    helper('t', `echo '{"Username":"<token>","Secret":"refresh"}'`);
    config({ credsStore: 't' });
    expect(await source({}).user('h.io')).toEqual(['refresh', expect.anything()]);
  });

  it('that know nothing leave it to auths, quietly', async () => {
    helper('empty', 'echo credentials not found in native keychain; exit 1');
    config({ credsStore: 'empty', auths: { 'h.io': entry('file') } });
    const quiet = source({});
    expect(await quiet.user('h.io')).toEqual(['file', expect.anything()]);
    expect(quiet.warnings).toEqual([]);
  });

  it.each([
    ['missing', 'is not installed'],
    ['../../bin/sh', 'its name is not allowed'],
    ['fails', 'boom'],
    ['talks', 'answered no JSON'],
    ['halves', 'lacks Username or Secret'],
  ])('that are broken (%s) are a warning', async (name, why) => {
    helper('fails', 'echo boom >&2; exit 3');
    helper('talks', 'echo hello');
    helper('halves', `echo '{"Username":"u"}'`);
    config({ credsStore: name, auths: { 'h.io': entry('file') } });
    const loud = source({});
    expect(await loud.user('h.io')).toEqual(['file', expect.anything()]);
    expect(loud.warnings).toEqual([expect.stringContaining(why)]);
  });

  it('are asked once for parallel questions', async () => {
    helper('count', `echo x >> ${directory}/calls; echo '{"Username":"u","Secret":"s"}'`);
    config({ credsStore: 'count' });
    const one = source({});
    await Promise.all([one.user('h.io'), one.user('h.io'), one.user('h.io')]);
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(join(directory, 'calls'), 'utf8')).toBe('x\n');
  });
});
