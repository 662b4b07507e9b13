import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/reference/index.ts';
import {
  layerOf,
  openSession,
  streamOf,
  type Session,
  type SessionSettings,
} from '../../support/registry-session.ts';
import { startRegistry, type RegistrySettings, type RunningRegistry } from '../../support/registry/index.ts';

const BYTES = randomBytes(100_000);
const BLOB = layerOf(BYTES);
const USER = { username: 'bob', password: 'hunter2!' };

const running: (RunningRegistry | Session)[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

async function start(settings: RegistrySettings): Promise<RunningRegistry> {
  const registry = await startRegistry(settings);
  running.push(registry);
  return registry;
}

function open(settings: SessionSettings): Session {
  const session = openSession(settings);
  running.push(session);
  return session;
}

const bearer = { kind: 'bearer', ...USER } as const;
const basic = { kind: 'basic', ...USER } as const;
const bob = (registry: RunningRegistry) => ({ credentials: [{ registry: registry.host, ...USER }] });
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each([basic, bearer])('$kind authentication', (auth) => {
  it('lets the right user push and pull', async () => {
    const registry = await start({ auth });
    const target = open(bob(registry)).repository(`${registry.host}/app`);
    await target.put(BLOB, streamOf(BYTES));
    expect(await target.has(BLOB)).toBe(true);
  });

  it('names repository, user and need where the user is wrong, and never the password', async () => {
    const registry = await start({ auth });
    const credentials = [{ registry: registry.host, username: 'mallory', password: 'wrong-password' }];
    const error = await errorOf(open({ credentials }).repository(`${registry.host}/app`).checkPush());
    expect(error).toMatchObject({
      code: 'REGISTRY_AUTH',
      message: expect.stringContaining('mallory') as string,
    });
    expect(JSON.stringify([(error as Error).message, (error as Error).stack])).not.toContain(
      'wrong-password',
    );
  });

  it('tells those without credentials how to give some', async () => {
    const registry = await start({ auth });
    expect(await errorOf(open({}).repository(`${registry.host}/app`).checkPush())).toMatchObject({
      code: 'REGISTRY_AUTH',
      message: expect.stringMatching(
        /nobody \(no credentials\) may not push to 127.0.0.1:\d+\/app/,
      ) as string,
      hint: expect.stringContaining('repository:app:pull,push') as string,
    });
  });

  it('tells readers that they may not push', async () => {
    const allow = (_: string | undefined, __: string, action: string) => action === 'pull';
    const registry = await start({ auth: { ...auth, allow } });
    const session = open(bob(registry));
    expect(await errorOf(session.repository(`${registry.host}/app`).checkPush())).toMatchObject({
      code: 'REGISTRY_AUTH',
      message: expect.stringContaining('user "bob" (given) may not push to') as string,
    });
    expect(await session.repository(`${registry.host}/app`, 'pull').has(BLOB)).toBe(false);
  });
});

describe('tokens', () => {
  const tokens = (registry: RunningRegistry) => registry.steps().filter((step) => step === 'token').length;

  it('are asked for once by many parallel requests, and kept', async () => {
    const registry = await start({ auth: bearer });
    const target = open(bob(registry)).repository(`${registry.host}/app`);
    await Promise.all(Array.from({ length: 16 }, () => target.has(BLOB)));
    await target.put(BLOB, streamOf(BYTES));
    expect(tokens(registry)).toBe(1);
  });

  it('are asked for anew when they run out', async () => {
    let now = 1_000_000;
    const registry = await start({ auth: { ...bearer, lifetime: 100 } });
    const target = open({ ...bob(registry), now: () => now }).repository(`${registry.host}/app`);
    await target.has(BLOB);
    now += 94_000;
    await target.has(BLOB);
    expect(tokens(registry)).toBe(1);
    now += 2_000;
    await target.has(BLOB);
    expect(tokens(registry)).toBe(2);
  });

  it('are asked for anew when the registry takes them no more, in the middle of a push too', async () => {
    const registry = await start({ auth: bearer });
    const target = open(bob(registry)).repository(`${registry.host}/app`);
    await target.has(BLOB);
    let opened = 0;
    const revoking = async function* () {
      if (opened++ === 0) registry.revokeTokens();
      yield* streamOf(BYTES)();
    };
    registry.revokeTokens();
    await target.has(BLOB);
    await target.put(BLOB, revoking);
    expect(await target.has(BLOB)).toBe(true);
  });

  it('come for an identity token by POST', async () => {
    const registry = await start({ auth: { ...bearer, identityToken: 'refresh-me' } });
    const config = { auths: { [registry.host]: { identitytoken: 'refresh-me' } } };
    const env = { HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify(config) };
    await open({ env }).repository(`${registry.host}/app`).put(BLOB, streamOf(BYTES));
    const asked = registry.requests.filter(({ step }) => step === 'token');
    expect(asked.map(({ method, path }) => [method, path])).toEqual([['POST', '/token']]);
  });

  it('come anonymously for public images', async () => {
    const allow = (user: string | undefined, _: string, action: string) =>
      user !== undefined || action === 'pull';
    const registry = await start({ auth: { ...bearer, allow } });
    await open(bob(registry)).repository(`${registry.host}/app`).put(BLOB, streamOf(BYTES));
    expect(await open({}).repository(`${registry.host}/app`, 'pull').has(BLOB)).toBe(true);
  });

  it('are asked for again while the token server is down', async () => {
    const registry = await start({ auth: bearer });
    registry.faults.inject('token', { kind: 'status', status: 503 }, { times: 2 });
    expect(await open(bob(registry)).repository(`${registry.host}/app`).has(BLOB)).toBe(false);
  });

  it.each(['{}', 'nonsense', '{"token":"a\\nb"}'])('that are none (%s) are REGISTRY', async (body) => {
    const registry = await start({ auth: bearer });
    registry.faults.inject('token', { kind: 'status', status: 200, body }, { times: 9 });
    await expect(open(bob(registry)).repository(`${registry.host}/app`).has(BLOB)).rejects.toMatchObject({
      code: 'REGISTRY',
    });
  });

  it('allow a mount that needs reading elsewhere', async () => {
    const registry = await start({ auth: bearer });
    const session = open(bob(registry));
    await session.repository(`${registry.host}/base`).put(BLOB, streamOf(BYTES));
    const target = session.repository(`${registry.host}/app`);
    expect(await target.mount(BLOB, { registry: registry.host, name: 'base' })).toBe(true);
  });

  it('that do not allow reading elsewhere make a mount fail quietly', async () => {
    const allow = (_: string | undefined, repository: string) => repository === 'app';
    const registry = await start({ auth: { ...bearer, allow } });
    const target = open(bob(registry)).repository(`${registry.host}/app`);
    expect(await target.mount(BLOB, { registry: registry.host, name: 'base' })).toBe(false);
  });
});

describe('mirrors', () => {
  it('are passed over with a warning until one answers, without the credentials of the original', async () => {
    const original = await start({ auth: basic });
    const [broken, empty, good] = [await start({}), await start({}), await start({})];
    const bytes = Buffer.from('{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}');
    const { digestOf } = await import('../../../src/oci/index.ts');
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
    const writer = open({});
    await writer.repository(`${good.host}/proxy/team/app`).putManifest(descriptor, bytes, 'v1');
    broken.faults.inject('manifest-get', { kind: 'status', status: 500 }, { times: 99 });
    const registryMap = { [original.host]: [broken.host, empty.host, `${good.host}/proxy`] };
    const session = open({ ...bob(original), registries: { registryMap } });
    const found = await session.client.resolve(parseReference(`${original.host}/team/app:v1`));
    expect(found.descriptor).toEqual(descriptor);
    expect([found.repository.registry, found.repository.name]).toEqual([good.host, 'proxy/team/app']);
    expect(session.warnings.length).toBe(2);
    expect(original.requests).toEqual([]);
    for (const { requests } of [broken, empty, good])
      expect(requests.every(({ headers }) => headers['authorization'] === undefined)).toBe(true);
  });

  it('leave the last word to the original', async () => {
    const [original, mirror] = [await start({}), await start({})];
    const session = open({ registries: { registryMap: { [original.host]: [mirror.host] } } });
    await expect(session.client.resolve(parseReference(`${original.host}/app`))).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      message: expect.stringContaining(original.host) as string,
    });
  });
});
