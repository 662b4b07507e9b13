import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/reference/index.ts';
import {
  collect,
  layerOf,
  manifestOf,
  openSession,
  streamOf,
  type Session,
} from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

const BYTES = randomBytes(3_000_000);
const BLOB = layerOf(BYTES);
const EMPTY = layerOf(new Uint8Array());

let registry: RunningRegistry;
let session: Session;
beforeEach(async () => {
  registry = await startRegistry();
  session = openSession();
});
afterEach(async () => {
  await session.close();
  await registry.close();
});

const target = (name = 'team/app') => session.repository(`${registry.host}/${name}`);

describe('blobs', () => {
  it('are pushed in one piece and read back', async () => {
    expect(await target().has(BLOB)).toBe(false);
    await target().put(BLOB, streamOf(BYTES));
    expect(await target().has(BLOB)).toBe(true);
    expect((await collect(target().open(BLOB))).equals(BYTES)).toBe(true);
    expect(registry.requests.find(({ step }) => step === 'upload-put')).toMatchObject({
      body: BYTES.length,
      path: expect.stringContaining('?_state=a%2Fb%3D&digest=sha256%3A') as string,
    });
  });

  it('may be empty', async () => {
    await target().put(EMPTY, streamOf(new Uint8Array()));
    expect((await collect(target().open(EMPTY))).length).toBe(0);
  });

  it('are told to the reporter as they are pulled', async () => {
    await target().put(BLOB, streamOf(BYTES));
    await collect(target().open(BLOB));
    expect(session.transfers.length).toBeGreaterThan(1);
    expect(session.transfers.at(-1)).toMatchObject({
      direction: 'pull',
      done: BLOB.size,
      total: BLOB.size,
      state: 'done',
    });
  });

  it('are mounted from another repository without a byte', async () => {
    await target('base').put(BLOB, streamOf(BYTES));
    expect(await target().mount(BLOB, { registry: registry.host, name: 'base' })).toBe(true);
    expect(await target().has(BLOB)).toBe(true);
  });

  it('are not mounted from another registry, from nowhere, or after a refusal', async () => {
    expect(await target().mount(BLOB, { registry: 'ghcr.io', name: 'base' })).toBe(false);
    expect(registry.requests).toEqual([]);
    expect(await target().mount(BLOB, { registry: registry.host, name: 'base' })).toBe(false);
    expect(registry.steps()).toContain('upload-delete');
    for (const status of [400, 401, 403, 404, 405]) {
      registry.faults.inject('upload-mount', { kind: 'status', status });
      expect(await target().mount(BLOB, { registry: registry.host, name: 'base' })).toBe(false);
    }
  });
});

describe('manifests', () => {
  it('are pushed by digest and tag, and read back by both', async () => {
    await target().put(BLOB, streamOf(BYTES));
    const { descriptor, bytes } = manifestOf(BLOB, [BLOB]);
    await target().putManifest(descriptor, bytes, undefined);
    await target().putManifest(descriptor, bytes, 'v1');
    for (const name of ['v1', descriptor.digest]) {
      const found = await target().getManifest(name);
      expect(found.descriptor).toEqual(descriptor);
      expect(found.bytes.equals(bytes)).toBe(true);
    }
    const resolved = await session.client.resolve(parseReference(`${registry.host}/team/app:v1`));
    expect(resolved.descriptor).toEqual(descriptor);
    expect(resolved.repository.name).toBe('team/app');
  });

  it('that are not there are REGISTRY_NOT_FOUND, with the full name', async () => {
    await expect(target().getManifest('none')).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      message: expect.stringContaining(`${registry.host}/team/app has no manifest none`) as string,
    });
  });

  it('are resolved as latest where no tag is given, and by digest where there is one', async () => {
    await target().put(BLOB, streamOf(BYTES));
    const { descriptor, bytes } = manifestOf(BLOB, []);
    await target().putManifest(descriptor, bytes, 'latest');
    const name = `${registry.host}/team/app`;
    expect((await session.client.resolve(parseReference(name))).descriptor).toEqual(descriptor);
    const pinned = parseReference(`${name}:gone@${descriptor.digest}`);
    expect((await session.client.resolve(pinned)).descriptor).toEqual(descriptor);
  });
});

describe('dialects of Location', () => {
  const absolute = (location: string) => `${registry.url}${location}`;
  it.each([
    ['absolute', absolute],
    ['without a query', (location: string) => location.replace(/\?.*/, '')],
    ['absolute with another query', (location: string) => `${absolute(location)}&x=%2B%20y+z&sig=a~b`],
  ])('%s', async (_, change) => {
    registry.faults.inject('upload-start', { kind: 'location', change });
    await target().put(BLOB, streamOf(BYTES));
    expect(await target().has(BLOB)).toBe(true);
  });

  it('keep the bytes of a query that may be signed', async () => {
    registry.faults.inject('upload-start', {
      kind: 'location',
      change: (location) => `${location}&s=%2B%20y+z~%7e`,
    });
    await target().put(BLOB, streamOf(BYTES));
    expect(registry.requests.find(({ step }) => step === 'upload-put')?.path).toContain(
      '&s=%2B%20y+z~%7e&digest=',
    );
  });

  it('that are missing or nonsense are REGISTRY', async () => {
    for (const location of [undefined, 'ftp://x/', 'http://[']) {
      registry.faults.inject('upload-start', { kind: 'headers', headers: { location } });
      await expect(target().put(BLOB, streamOf(BYTES))).rejects.toMatchObject({ code: 'REGISTRY' });
    }
  });
});

describe('the check before a build', () => {
  it('starts and cancels an upload', async () => {
    await target().checkPush();
    expect(registry.steps()).toEqual(['upload-start', 'upload-delete']);
  });
});
