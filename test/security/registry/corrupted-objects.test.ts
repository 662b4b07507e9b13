import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { copyBlob, DirectoryStore, memoryStore } from '../../../src/content/index.ts';
import { BuildError } from '../../../src/errors/index.ts';
import { readImage } from '../../../src/image/index.ts';
import { digestOf, mediaTypes, type Descriptor } from '../../../src/oci/index.ts';
import { parseReference } from '../../../src/reference/index.ts';
import { addLayer, AMD64, configOf } from '../../support/image-parts.ts';
import { openSession, type Session } from '../../support/registry-session.ts';
import { startRegistry, type Fault, type RunningRegistry, type Step } from '../../support/registry/index.ts';

/** The objects of a pull, and at which request of which step they come. */
const OBJECTS: readonly (readonly [string, Step, number])[] = [
  ['index', 'manifest-get', 0],
  ['manifest', 'manifest-get', 1],
  ['config', 'blob-get', 0],
  ['first layer', 'blob-get', 1],
  ['second layer', 'blob-get', 2],
  ['third layer', 'blob-get', 3],
  ['manifest of another tag', 'manifest-get', 2],
];

const OTHER = Buffer.from('{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}');
const changed = (change: (body: Buffer) => Buffer): Fault => ({ kind: 'body', change });
const flip = (body: Buffer): Buffer => {
  const copy = Buffer.from(body);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
};
const CHANGES: readonly (readonly [string, Fault])[] = [
  ['a flipped bit', changed(flip)],
  ['a byte less', changed((body) => body.subarray(0, -1))],
  ['a byte more', changed((body) => Buffer.concat([body, Buffer.from('\n')]))],
  [
    'another object in its place',
    changed((body) => Buffer.concat([OTHER, Buffer.alloc(Math.max(0, body.length - OTHER.length), 32)])),
  ],
  ['nothing', changed(() => Buffer.alloc(0))],
];

const directory = mkdtempSync(join(tmpdir(), 'registry-corrupted-'));
const tally = { tried: 0, refused: 0 };
afterAll(() => {
  rmSync(directory, { recursive: true });
  console.log(`corrupted objects refused: ${tally.refused} of ${tally.tried}`);
});

/** Publishes an index with one image of three layers, and a second image; `lie` changes descriptors on the way in. */
async function publish(
  session: Session,
  host: string,
  lie: (name: string, descriptor: Descriptor) => Descriptor,
): Promise<void> {
  const target = session.repository(`${host}/app`);
  const blobs = memoryStore();
  const put = async (descriptor: Descriptor) => target.put(descriptor, () => blobs.open(descriptor));
  const layers = [];
  for (const name of ['first', 'second', 'third']) layers.push(await addLayer(blobs, name, `${name} layer`));
  for (const { descriptor } of layers) await put(descriptor);
  const rootfs = { type: 'layers' as const, diff_ids: layers.map(({ diffId }) => diffId) };
  const configBytes = Buffer.from(JSON.stringify(configOf(3, { rootfs })));
  const config = {
    mediaType: mediaTypes.OCI_CONFIG,
    digest: digestOf(configBytes),
    size: configBytes.length,
  };
  await target.put(config, async function* () {
    yield await Promise.resolve(configBytes);
  });
  const store = async (document: { readonly mediaType: string }, tag?: string): Promise<Descriptor> => {
    const bytes = Buffer.from(JSON.stringify(document));
    const descriptor = { mediaType: document.mediaType, digest: digestOf(bytes), size: bytes.length };
    await target.putManifest(descriptor, bytes, tag);
    return descriptor;
  };
  const listed = layers.map(({ descriptor }, index) =>
    lie(['first layer', 'second layer', 'third layer'][index] ?? '', descriptor),
  );
  const mediaType = mediaTypes.OCI_MANIFEST;
  const manifest = { schemaVersion: 2, mediaType, config: lie('config', config), layers: listed };
  const child = lie('manifest', await store(manifest));
  await store({ ...manifest, mediaType, annotations: { other: 'yes' } } as typeof manifest, 'other');
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.OCI_INDEX,
    manifests: [{ ...child, platform: AMD64 }],
  };
  await store(index, 'v1');
}

/** Pulls all there is into a store; the code of the failure, or undefined. */
async function pull(session: Session, host: string, store: DirectoryStore): Promise<string | undefined> {
  try {
    const found = await session.client.resolve(parseReference(`${host}/app:v1`));
    const image = await readImage(found.repository, found, AMD64);
    for (const { descriptor } of image.layers) await copyBlob(found.repository, store, descriptor);
    const other = await session.client.resolve(parseReference(`${host}/app:other`));
    await readImage(other.repository, other, AMD64);
    return undefined;
  } catch (error) {
    if (error instanceof BuildError) return error.code;
    throw error;
  }
}

async function attempt(work: {
  readonly lie?: (name: string, descriptor: Descriptor) => Descriptor;
  readonly spoil?: (registry: RunningRegistry) => void;
}): Promise<{ readonly code: string | undefined; readonly stored: readonly string[] }> {
  const registry = await startRegistry();
  const session = openSession({ registries: { retries: { download: 1, layers: 1 } } });
  const place = mkdtempSync(join(directory, 'store-'));
  await publish(session, registry.host, work.lie ?? ((_, descriptor) => descriptor));
  registry.requests.length = 0;
  work.spoil?.(registry);
  const code = await pull(session, registry.host, new DirectoryStore(place));
  await session.close();
  await registry.close();
  return { code, stored: readdirSync(join(place, 'blobs/sha256')) };
}

/** Layers that are in the store before the object is met: those that came before it. */
const before: Readonly<Record<string, number>> = {
  'second layer': 1,
  'third layer': 2,
  'manifest of another tag': 3,
};

async function expectRefusal(name: string, work: Parameters<typeof attempt>[0]): Promise<void> {
  tally.tried += 1;
  const { code, stored } = await attempt(work);
  expect(code).toMatch(/^(CONTENT|REGISTRY|IMAGE|NETWORK)$/);
  expect(stored, 'nothing of it is kept').toHaveLength(before[name] ?? 0);
  tally.refused += 1;
}

describe.each(OBJECTS)('%s', (name, step, skip) => {
  it.each(CHANGES)('with %s is refused', async (_, fault) => {
    await expectRefusal(name, { spoil: ({ faults }) => faults.inject(step, fault, { skip, times: 99 }) });
  });

  it.skipIf(step !== 'manifest-get')(
    'with a digest stated that it has not is refused (manifests state one)',
    async () => {
      const headers = { 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
      await expectRefusal(name, {
        spoil: ({ faults }) => faults.inject(step, { kind: 'headers', headers }, { skip, times: 99 }),
      });
    },
  );

  it.skipIf(name === 'index' || name === 'manifest of another tag')(
    'with another size in its descriptor is refused (what is found by a tag has none)',
    async () => {
      for (const by of [1, -1])
        await expectRefusal(name, {
          lie: (object, descriptor) =>
            object === name ? { ...descriptor, size: descriptor.size + by } : descriptor,
        });
    },
  );
});

describe('the same pull', () => {
  it('ends where nothing is wrong', async () => {
    const { code, stored } = await attempt({});
    expect(code).toBeUndefined();
    expect(stored).toHaveLength(3);
  });
});
