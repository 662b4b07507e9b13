import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/reference/index.ts';
import {
  layerOf,
  manifestOf,
  openSession,
  streamOf,
  type Session,
  type SessionSettings,
} from '../../support/registry-session.ts';
import { startRegistry, type Fault, type RunningRegistry } from '../../support/registry/index.ts';

const BYTES = Buffer.from('a layer');
const BLOB = layerOf(BYTES);
const { descriptor: ONE, bytes: ONE_BYTES } = manifestOf(BLOB, [BLOB]);
const { descriptor: TWO, bytes: TWO_BYTES } = manifestOf(BLOB, []);
/** ECR's words, those of before and those of today. */
const IMMUTABLE = [
  'The image tag v1 already exists in the repository app and cannot be overwritten because the repository is immutable.',
  'The image tag v1 already exists in the app repository and cannot be overwritten because the tag is immutable.',
].map((message): Fault => {
  const body = JSON.stringify({ errors: [{ code: 'TAG_INVALID', message }] });
  return { kind: 'status', status: 400, body };
});

let registry: RunningRegistry;
const sessions: Session[] = [];
beforeEach(async () => {
  registry = await startRegistry();
  const target = open().repository(`${registry.host}/app`);
  await target.put(BLOB, streamOf(BYTES));
  await target.putManifest(ONE, ONE_BYTES, 'v1');
  registry.requests.length = 0;
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  await registry.close();
});

function open(settings: SessionSettings = {}): Session {
  const session = openSession(settings);
  sessions.push(session);
  return session;
}
const target = (settings?: SessionSettings) => open(settings).repository(`${registry.host}/app`);

describe('a tag that may not be changed', () => {
  it.each(IMMUTABLE)('is a success where it names the same image already', async (fault) => {
    registry.faults.inject('manifest-put', fault, { times: 9 });
    await target().putManifest(ONE, ONE_BYTES, 'v1');
  });

  it.each(IMMUTABLE)('is a failure with words where it names another', async (fault) => {
    registry.faults.inject('manifest-put', fault, { times: 9 });
    await expect(target().putManifest(TWO, TWO_BYTES, 'v1')).rejects.toMatchObject({
      code: 'REGISTRY',
      message: expect.stringContaining('app:v1 names another image and may not be changed') as string,
      hint: expect.stringContaining('push-ignore-immutable-tag-errors') as string,
    });
  });

  it.each(IMMUTABLE)('is a warning where that was asked for', async (fault) => {
    registry.faults.inject('manifest-put', fault, { times: 9 });
    const session = open({ registries: { ignoreImmutableTags: true } });
    await session.repository(`${registry.host}/app`).putManifest(TWO, TWO_BYTES, 'v1');
    expect(session.warnings).toEqual([expect.stringContaining('app:v1 was left as it is')]);
  });

  it('is told from a refusal of another kind', async () => {
    registry.faults.inject('manifest-put', { kind: 'status', status: 403, body: 'no' }, { times: 9 });
    const settings = { registries: { ignoreImmutableTags: true } };
    await expect(target(settings).putManifest(TWO, TWO_BYTES, 'v1')).rejects.toMatchObject({
      code: 'REGISTRY_AUTH',
    });
  });
});

describe('what was stored', () => {
  it('is read back: by digest its bytes, by tag what it names', async () => {
    await target().putManifest(TWO, TWO_BYTES, undefined);
    await target().putManifest(TWO, TWO_BYTES, 'v2');
    expect(registry.steps().filter((step) => step.startsWith('manifest'))).toEqual([
      'manifest-put',
      'manifest-get',
      'manifest-put',
      'manifest-head',
    ]);
  });

  it('is stored again where the registry said yes and kept the old tag', async () => {
    registry.faults.inject('manifest-put', { kind: 'status', status: 201 });
    await target().putManifest(TWO, TWO_BYTES, 'v1');
    expect((await target().getManifest('v1')).descriptor).toEqual(TWO);
  });

  it('is a failure where the registry says yes and never does it', async () => {
    registry.faults.inject('manifest-put', { kind: 'status', status: 201 }, { times: 99 });
    await expect(target().putManifest(TWO, TWO_BYTES, 'v1')).rejects.toThrow(
      `app:v1 was stored, but names ${ONE.digest} when it is read back`,
    );
    await expect(target().putManifest(TWO, TWO_BYTES, 'new')).rejects.toThrow(/but is not there when/);
  });
});

describe('mirrors that are to be all there is', () => {
  it('have the last word with skip-default-registry-fallback, and only where there are some', async () => {
    const mirror = await startRegistry();
    const registries = { registryMap: { [registry.host]: [mirror.host] }, skipDefaultFallback: true };
    const reference = parseReference(`${registry.host}/app:v1`);
    const alone = open({ registries });
    await expect(alone.client.resolve(reference)).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      message: expect.stringContaining(mirror.host) as string,
    });
    expect(registry.requests).toEqual([]);
    const without = open({ registries: { skipDefaultFallback: true } });
    expect((await without.client.resolve(reference)).descriptor).toEqual(ONE);
    await mirror.close();
  });
});

describe('the number of retries', () => {
  it.each([0, 2, 7])('%i is what was asked for', async (count) => {
    registry.faults.inject('manifest-get', { kind: 'status', status: 503 }, { times: 99 });
    const session = open({ registries: { retries: { download: count } } });
    await expect(session.repository(`${registry.host}/app`, 'pull').getManifest('v1')).rejects.toThrow();
    expect(session.waits).toHaveLength(count);
  });
});
