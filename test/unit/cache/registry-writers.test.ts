import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, keyPart, recordSeal, registryCache, type StepRecord } from '../../../src/cache/index.ts';
import { memoryStore } from '../../../src/content/index.ts';
import { mediaTypes } from '../../../src/oci/index.ts';
import { openSession } from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

let registry: RunningRegistry;
let session: ReturnType<typeof openSession>;
beforeAll(async () => {
  registry = await startRegistry();
  session = openSession({ registries: { insecureRegistries: [registry.host] } });
});
beforeEach(() => registry.faults.clear());
afterAll(async () => {
  await session.close();
  await registry.close();
});

const { signal } = new AbortController();
const blobs = memoryStore();
const INDEX = 'ts-kaniko-cache-default';

function cacheIn(name: string) {
  const reference = `${registry.host}/${name}`;
  return registryCache({
    reader: session.repository(reference, 'pull'),
    writer: session.repository(reference, 'push'),
    scope: 'default',
    seal: recordSeal(),
    mountFrom: () => [],
  });
}

async function step(name: string): Promise<StepRecord> {
  const ingest = blobs.begin();
  ingest.write(Buffer.from(`layer of ${name}`));
  const { digest, size } = await ingest.commit();
  const descriptor = { mediaType: mediaTypes.OCI_LAYER_GZIP, digest, size };
  const parts = [keyPart('instruction', name)];
  const layer = { descriptor, diffId: digest };
  return { kind: 'step', key: keyOf(parts), parts, created: 1, step: name, time: 1, cost: 1, layer };
}

async function foundIn(name: string, records: readonly StepRecord[]): Promise<number> {
  const keys = records.map(({ key }) => key);
  return (await cacheIn(name).lookup(keys, signal)).size;
}

async function tagsOf(name: string): Promise<readonly string[]> {
  return (await session.repository(`${registry.host}/${name}`).tags('')) ?? [];
}

/** Requests of a repository that were sent for one kind of step since the last call. */
async function untilAsked(count: number, name: string): Promise<void> {
  const asked = () =>
    registry.requests.filter(({ step: kind, repository }) => kind === 'manifest-put' && repository === name);
  while (asked().length < count) await delay(5);
}

/** Holds back the write of an index, which comes after that of a journal, until it is let go. */
function heldIndex(): { release(): void } {
  const gate = Promise.withResolvers<void>();
  registry.faults.inject('manifest-put', { kind: 'wait', until: gate.promise }, { skip: 1 });
  return { release: () => gate.resolve() };
}

describe('builds that write to one cache', () => {
  it('leave nothing but the index where they come one after the other', async () => {
    const records = [await step('a'), await step('b'), await step('c')];
    for (const record of records) await cacheIn('quiet').save([record], blobs, signal);
    expect(await tagsOf('quiet')).toEqual([INDEX]);
    expect(await foundIn('quiet', records)).toBe(3);
  });

  it('lose nothing where one writes its index long after it looked at it', async () => {
    const [first, slow, fast] = [await step('first'), await step('slow'), await step('fast')];
    await cacheIn('late').save([first], blobs, signal);
    const gate = heldIndex();
    const saving = cacheIn('late').save([slow], blobs, signal);
    await untilAsked(5, 'late');
    expect(await cacheIn('late').save([fast], blobs, signal)).toMatchObject({ saved: 1, faults: [] });
    expect(await foundIn('late', [fast])).toBe(1);
    gate.release();
    expect(await saving).toMatchObject({ saved: 1, faults: [] });
    expect(await foundIn('late', [first, slow, fast])).toBe(3);
  });

  it('take up what one had not put into the index when it was killed', async () => {
    const [first, killed, next] = [await step('first'), await step('killed'), await step('next')];
    await cacheIn('killed').save([first], blobs, signal);
    const gate = heldIndex();
    const stop = new AbortController();
    const saving = cacheIn('killed').save([killed], blobs, stop.signal);
    await untilAsked(5, 'killed');
    stop.abort(new Error('killed'));
    await expect(saving).rejects.toThrow('killed');
    gate.release();
    await cacheIn('killed').save([next], blobs, signal);
    expect(await foundIn('killed', [first, killed, next])).toBe(3);
  });

  it.each(['manifest-delete', 'tags'] as const)(
    'do without journals, and leave few, where the registry refuses %s',
    async (refused) => {
      const name = `refuses-${refused}`;
      registry.faults.inject(refused, { kind: 'status', status: 405 }, { times: 1000 });
      const records = await Promise.all(['a', 'b', 'c', 'd'].map(step));
      for (const record of records.slice(0, 2)) await cacheIn(name).save([record], blobs, signal);
      await Promise.all(records.slice(2).map((record) => cacheIn(name).save([record], blobs, signal)));
      expect(await foundIn(name, records)).toBe(4);
      registry.faults.clear();
      expect((await tagsOf(name)).length).toBeLessThanOrEqual(2);
    },
    30_000,
  );

  it('need two requests to read, whatever journals there are', async () => {
    const before = registry.requests.length;
    await foundIn('late', [await step('slow')]);
    expect(registry.requests.slice(before).filter(({ step: kind }) => kind !== 'ping')).toHaveLength(2);
  });
});
