import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf, keyPart, recordSeal, registryCache, type StepRecord } from '../../../src/cache/index.ts';
import { memoryStore } from '../../../src/content/index.ts';
import { mediaTypes, type Descriptor } from '../../../src/oci/index.ts';
import { openSession } from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

let registry: RunningRegistry;
let session: ReturnType<typeof openSession>;
beforeAll(async () => {
  registry = await startRegistry();
  session = openSession({ registries: { insecureRegistries: [registry.host] } });
});
afterAll(async () => {
  await session.close();
  await registry.close();
});

const { signal } = new AbortController();
const blobs = memoryStore();

function cacheIn(name: string, scope = 'default', key?: string) {
  const reference = `${registry.host}/${name}`;
  return registryCache({
    reader: session.repository(reference, 'pull'),
    writer: session.repository(reference, 'push'),
    scope,
    seal: recordSeal(key),
    mountFrom: () => [],
  });
}

async function step(name: string): Promise<StepRecord> {
  const ingest = blobs.begin();
  ingest.write(Buffer.from(`layer of ${name}`));
  const { digest, size } = await ingest.commit();
  const descriptor: Descriptor = { mediaType: mediaTypes.OCI_LAYER_GZIP, digest, size };
  const parts = [keyPart('instruction', name)];
  const layer = { descriptor, diffId: digest };
  return { kind: 'step', key: keyOf(parts), parts, created: 1, step: name, time: 1, cost: 1, layer };
}

describe('a cache in a repository', () => {
  it('has nothing before the first save, and then what was saved, blobs too', async () => {
    const one = await step('one');
    expect(await cacheIn('plain').lookup([one.key], signal)).toEqual(new Map());
    expect(await cacheIn('plain').save([one], blobs, signal)).toMatchObject({ saved: 1, faults: [] });
    const cache = cacheIn('plain');
    expect([...(await cache.lookup([one.key], signal)).values()]).toEqual([one]);
    expect(await cache.has(one.layer?.descriptor as Descriptor)).toBe(true);
    expect(await cacheIn('plain', 'other').lookup([one.key], signal)).toEqual(new Map());
  });

  it('loses no record of eight builds that save at the same time', async () => {
    const records = await Promise.all(Array.from({ length: 8 }, (_, at) => step(`build ${at}`)));
    const outcomes = await Promise.all(
      records.map((record) => cacheIn('busy').save([record], blobs, signal)),
    );
    expect(outcomes.map(({ faults }) => faults)).toEqual(outcomes.map(() => []));
    const found = await cacheIn('busy').lookup(
      records.map(({ key }) => key),
      signal,
    );
    expect(found.size).toBe(8);
  }, 60_000);

  it('neither reads nor writes over what is no cache of this builder', async () => {
    const tag = 'ts-kaniko-cache-default';
    const writer = session.repository(`${registry.host}/foreign`, 'push');
    const config = Buffer.from('{}');
    const ingest = blobs.begin();
    ingest.write(config);
    const { digest, size } = await ingest.commit();
    const descriptor = { mediaType: 'application/vnd.buildkit.cacheconfig.v0', digest, size };
    await writer.put(descriptor, () => blobs.open(descriptor));
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.OCI_MANIFEST,
        config: descriptor,
        layers: [],
      }),
    );
    const { digestOf } = await import('../../../src/oci/index.ts');
    const manifest = { mediaType: mediaTypes.OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length };
    await writer.replaceTag(manifest, bytes, tag);
    await expect(cacheIn('foreign').lookup([], signal)).rejects.toThrow('no cache of this builder');
    const { faults } = await cacheIn('foreign').save([await step('x')], blobs, signal);
    expect(faults).toEqual([`the tag ${tag} is no cache of this builder`]);
    expect((await writer.getManifest(tag)).descriptor.digest).toBe(manifest.digest);
  });
});

describe('a cache in a repository that is looked through', () => {
  it('loses what is dropped, and what others save meanwhile stays', async () => {
    const [one, two, three] = [await step('one'), await step('two'), await step('three')];
    await cacheIn('kept').save([one, two], blobs, signal);
    const { keeper } = cacheIn('kept');
    expect((await keeper?.contents(signal))?.records).toHaveLength(2);
    await Promise.all([
      keeper?.drop({ keys: [one.key], unreadable: [], blobs: [] }, signal),
      cacheIn('kept').save([three], blobs, signal),
    ]);
    const left = await cacheIn('kept').lookup([two.key, three.key], signal);
    expect([...left.keys()].sort()).toEqual([two.key, three.key].sort());
  });

  it('is not written over by who has another signing key', async () => {
    const one = await step('one');
    await cacheIn('signed', 'default', 'key').save([one], blobs, signal);
    const { keeper } = cacheIn('signed');
    const contents = await keeper?.contents(signal);
    expect(contents).toMatchObject({ records: [], unreadable: [{ reason: 'foreign' }] });
    await expect(keeper?.drop({ keys: [], unreadable: [], blobs: [] }, signal)).rejects.toThrow(
      'another signing key',
    );
    expect((await cacheIn('signed', 'default', 'key').lookup([one.key], signal)).size).toBe(1);
  });
});
