import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GivenCredential } from '../../../src/request/index.ts';
import { authEntry, credentialPlaces, type CredentialPlaces } from '../../support/credential-places.ts';

let places: CredentialPlaces;
beforeEach(() => (places = credentialPlaces()));
afterEach(() => places.remove());

const source = (env: Record<string, string>, given: readonly GivenCredential[] = []) =>
  places.open({ env, given });
const inline = (auths: unknown) => ({ DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) });
const given = (registry: string, username: string, more: Partial<GivenCredential> = {}): GivenCredential => ({
  registry,
  username,
  password: 'p',
  ...more,
});

describe('the order of places', () => {
  it('is: given, DOCKER_AUTH_CONFIG, scoped, docker, kaniko, podman, KANIKO_*, GitLab, GitHub', async () => {
    const env: Record<string, string> = {};
    const entries: GivenCredential[] = [];
    const user = () => source(env, entries).user('h.io');
    const config = (name: string) => ({ auths: { 'h.io': authEntry(name) } });
    expect(await user()).toBeUndefined();

    entries.push(given('h.io', 'implied', { implied: true, origin: 'the token' }));
    expect(await user()).toEqual(['implied', 'the token']);
    Object.assign(env, { CI_REGISTRY: 'h.io', CI_JOB_TOKEN: 't' });
    expect(await user()).toEqual(['gitlab-ci-token', 'CI_REGISTRY']);
    Object.assign(env, { KANIKO_H_IO_USER: 'variable', KANIKO_H_IO_PASSWORD: 'p' });
    expect(await user()).toEqual(['variable', 'KANIKO_H_IO_USER']);

    const files = ['home/.config/containers/auth.json', 'run-containers/1234/auth.json'];
    for (const file of files) {
      const path = places.write(file, config(file));
      expect(await user()).toEqual([file, path]);
    }
    env['XDG_CONFIG_HOME'] = join(places.directory, 'settings');
    const moved = places.write('settings/containers/auth.json', config('settings'));
    env['XDG_RUNTIME_DIR'] = join(places.directory, 'run');
    const runtime = places.write('run/containers/auth.json', config('runtime'));
    expect(await user()).toEqual(['runtime', runtime]);
    env['REGISTRY_AUTH_FILE'] = places.write('named.json', config('named'));
    expect(await user()).toEqual(['named', env['REGISTRY_AUTH_FILE']]);
    expect(moved).toContain('settings');

    const kaniko = places.write('kaniko/config.json', config('kaniko'));
    expect(await user()).toEqual(['kaniko', kaniko]);
    const home = places.write('home/.docker/config.json', config('home'));
    expect(await user()).toEqual(['home', home]);
    env['DOCKER_CONFIG'] = join(places.directory, 'docker');
    expect(await user()).toEqual(['named', env['REGISTRY_AUTH_FILE']]);
    const docker = places.write('docker/config.json', config('configured'));
    expect(await user()).toEqual(['configured', docker]);

    const scoped = places.write('docker/buildx/config/h.io/a/config.json', config('scoped'));
    expect(await user()).toEqual(['scoped', scoped]);
    Object.assign(env, inline({ 'h.io': authEntry('inline') }));
    expect(await user()).toEqual(['inline', 'DOCKER_AUTH_CONFIG']);
    entries.push(given('https://h.io/', 'given'));
    expect(await user()).toEqual(['given', 'given']);
    expect(await source(env, entries).user('other.io')).toBeUndefined();
  });

  it('goes on to the next place where one does not know the registry', async () => {
    places.write('home/.docker/config.json', { auths: { 'h.io': authEntry('home') } });
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'other.io': authEntry('inline') } }) };
    expect(await source(env).user('h.io')).toEqual(['home', expect.anything()]);
  });

  it('knows Docker Hub by its old address, and nobody else by it', async () => {
    places.write('home/.docker/config.json', { auths: { 'https://index.docker.io/v1/': authEntry('hub') } });
    expect(await source({}).user('docker.io')).toEqual(['hub', expect.anything()]);
    expect(await source({}).user('ghcr.io')).toBeUndefined();
    expect(await source({}).user('evil-docker.io')).toBeUndefined();
  });

  it('tells repositories of one registry apart', async () => {
    const env = {
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'h.io/a': authEntry('a'), 'h.io': authEntry('all') } }),
    };
    expect(await source(env).user('h.io', 'a/x')).toEqual(['a', expect.anything()]);
    expect(await source(env).user('h.io', 'ab/x')).toEqual(['all', expect.anything()]);
  });

  it('tells ports apart', async () => {
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'h.io:5000': authEntry('a') } }) };
    expect(await source(env).user('h.io')).toBeUndefined();
    expect(await source(env).user('h.io:5001')).toBeUndefined();
  });

  it('of one repository are asked for pulls and pushes apart where they say so', async () => {
    const entries = [
      given('h.io/a', 'pusher', { access: 'push' }),
      given('h.io/a', 'anyone'),
      given('h.io/a/b', 'closer', { access: 'pull' }),
    ];
    expect(await source({}, entries).user('h.io', 'a/b', 'push')).toEqual(['pusher', 'given']);
    expect(await source({}, entries).user('h.io', 'a/b', 'pull')).toEqual(['closer', 'given']);
    expect(await source({}, entries).user('h.io', 'a/c', 'pull')).toEqual(['anyone', 'given']);
    expect(await source({}, entries).user('h.io', 'b/c', 'pull')).toBeUndefined();
  });

  it('of one registry under several names are those under Docker’s own', async () => {
    const auths = {
      'https://h.io/v1/': authEntry('old'),
      'h.io': authEntry('new'),
      'http://h.io': authEntry('x'),
    };
    expect(await source(inline(auths)).user('h.io')).toEqual(['new', expect.anything()]);
    const hub = { 'https://index.docker.io/v1/': authEntry('own'), 'docker.io': authEntry('other') };
    expect(await source(inline(hub)).user('docker.io')).toEqual(['own', expect.anything()]);
  });

  it('throws for a broken file', async () => {
    places.write('home/.docker/config.json', '{"auths":');
    await expect(source({}).user('h.io')).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('helpers', () => {
  const config = (content: unknown): void => void places.write('home/.docker/config.json', content);

  it('for one registry go before the one for all, and that before auths', async () => {
    places.helper('one', `echo '{"ServerURL":"'$server'","Username":"one","Secret":"s"}'`);
    places.helper('all', `echo '{"Username":"all '$server'","Secret":"s"}'`);
    config({ credHelpers: { 'one.io': 'one' }, credsStore: 'all', auths: { 'one.io': authEntry('file') } });
    expect(await source({}).user('one.io')).toEqual(['one', 'credential helper one']);
    expect(await source({}).user('two.io')).toEqual(['all two.io', 'credential helper all']);
    expect(await source({}).user('docker.io')).toEqual([
      'all https://index.docker.io/v1/',
      expect.anything(),
    ]);
  });

  it('may give a token', async () => {
    places.helper('t', `echo '{"Username":"<token>","Secret":"refresh"}'`);
    config({ credsStore: 't' });
    expect(await source({}).user('h.io')).toEqual(['refresh', expect.anything()]);
  });

  it('that know nothing leave it to auths, quietly', async () => {
    places.helper('empty', 'echo credentials not found in native keychain; exit 1');
    config({ credsStore: 'empty', auths: { 'h.io': authEntry('file') } });
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
    places.helper('fails', 'echo boom >&2; exit 3');
    places.helper('talks', 'echo hello');
    places.helper('halves', `echo '{"Username":"u"}'`);
    config({ credsStore: name, auths: { 'h.io': authEntry('file') } });
    const loud = source({});
    expect(await loud.user('h.io')).toEqual(['file', expect.anything()]);
    expect(loud.warnings).toEqual([expect.stringContaining(why)]);
  });

  it('are asked once for parallel questions', async () => {
    places.helper('count', `echo x >> ${places.directory}/calls; echo '{"Username":"u","Secret":"s"}'`);
    config({ credsStore: 'count' });
    const one = source({});
    await Promise.all([one.user('h.io'), one.user('h.io'), one.user('h.io')]);
    expect(readFileSync(join(places.directory, 'calls'), 'utf8')).toBe('x\n');
  });

  it('are asked again after ten minutes, and what they said before holds where they fail then', async () => {
    let now = 0;
    const waiting = { sleep: () => Promise.resolve(), random: () => 0, now: () => now };
    config({ credsStore: 'clock' });
    places.helper('clock', `echo '{"Username":"first","Secret":"s"}'`);
    const one = places.open({ waiting });
    expect(await one.user('h.io')).toEqual(['first', expect.anything()]);
    places.helper('clock', `echo '{"Username":"second","Secret":"s"}'`);
    expect(await one.user('h.io')).toEqual(['first', expect.anything()]);
    now = 601_000;
    expect(await one.user('h.io')).toEqual(['second', expect.anything()]);
    places.helper('clock', 'exit 1');
    now *= 2;
    expect(await one.user('h.io')).toEqual(['second', expect.anything()]);
    expect(one.warnings).toHaveLength(1);
  });

  it('that fail are told of once, whatever number of repositories', async () => {
    config({ credsStore: 'missing' });
    const one = source({});
    for (const repository of ['a', 'b', 'c']) await one.user('h.io', repository);
    expect(one.warnings).toHaveLength(1);
  });
});
