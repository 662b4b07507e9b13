import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { collect, layerOf, openSession, streamOf } from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry, type UploadDialect } from '../../support/registry/index.ts';

const MIB = 1024 * 1024;
const BYTES = randomBytes(9 * MIB + 12_345);
const BLOB = layerOf(BYTES);

/** Patched into the dialects below once the registry's address is known. */
const ADDRESS = 'http://registry.invalid';

const noMonolith = { refusesMonolithic: 405 } as const;
/** Registries that take a blob another way than the one nearly all take. */
const DIALECTS: readonly (readonly [string, UploadDialect])[] = [
  ['by the letter', {}],
  ['Location absolute', { location: (path) => `${ADDRESS}${path}` }],
  ['Location without a query', { location: (path) => path.replace(/\?.*/, '') }],
  ['Location without a host', { location: (path) => `//${new URL(ADDRESS).host}${path}` }],
  ['Location with a query that may be signed', { location: (path) => `${path}&s=%2B%20y+z~%7e` }],
  [
    'Location absent after a PATCH',
    { ...noMonolith, location: (path, step) => (step === 'start' ? path : undefined) },
  ],
  [
    'Location empty after a PATCH',
    { ...noMonolith, location: (path, step) => (step === 'start' ? path : '') },
  ],
  ['Location changing with every answer', { ...noMonolith }],
  ['no monolithic PUT (405)', noMonolith],
  ['no monolithic PUT (413)', { refusesMonolithic: 413 }],
  ['no monolithic PUT (501)', { refusesMonolithic: 501 }],
  ['no PATCH', { refusesPatch: 405 }],
  ['no PATCH with a range, no monolithic PUT', { ...noMonolith, refusesRanges: 416 }],
  ['chunks of 4 MiB at most (GHCR)', { refusesMonolithic: 413, maxChunk: 4 * MIB }],
  ['chunks of 1 byte at least', { ...noMonolith, minChunk: 1 }],
  ['chunks of 5 MiB at least', { ...noMonolith, minChunk: 5 * MIB }],
  ['chunks of 64 MiB at least', { ...noMonolith, minChunk: 64 * MIB }],
  ['Range bytes=0-N', { ...noMonolith, range: (bytes) => `bytes=0-${bytes - 1}` }],
  ['Range absent', { ...noMonolith, range: () => undefined }],
  [
    'Range stuck at the first chunk (ECR)',
    { ...noMonolith, range: (bytes) => `0-${Math.min(bytes, 4 * MIB) - 1}` },
  ],
  ['Range larger than sent', { ...noMonolith, range: (bytes) => `0-${bytes + 7}` }],
  ['a PATCH taken in part', { ...noMonolith, keepsOfFirstPatch: 3 * MIB }],
  ['an empty PUT that fails (ECR)', { refusesWhole: 413, refusesEmptyPut: 500 }],
  ['an upload forgotten after one chunk', { ...noMonolith, forgetsAfter: 1 }],
  ['an upload forgotten after two chunks', { ...noMonolith, forgetsAfter: 2 }],
];

let passed = 0;
const tried = DIALECTS.length;
afterAll(() => console.log(`upload dialects passed: ${passed} of ${tried}`));

async function withRegistry<T>(
  dialect: UploadDialect,
  work: (registry: RunningRegistry) => Promise<T>,
): Promise<T> {
  let address = '';
  const { location } = dialect;
  const registry = await startRegistry({
    dialect: {
      ...dialect,
      ...(location === undefined
        ? {}
        : {
            location: (path, step) =>
              location(path, step)
                ?.replace(ADDRESS, address)
                .replace(/^\/\/registry.invalid/, address.slice('http:'.length)),
          }),
    },
  });
  address = registry.url;
  try {
    return await work(registry);
  } finally {
    await registry.close();
  }
}

describe('uploads to a registry with', () => {
  it.each(DIALECTS)('%s', async (_, dialect) => {
    await withRegistry(dialect, async (registry) => {
      const session = openSession();
      try {
        const target = session.repository(`${registry.host}/app`);
        await target.put(BLOB, streamOf(BYTES));
        expect((await collect(target.open(BLOB))).equals(BYTES)).toBe(true);
      } finally {
        await session.close();
      }
      const sent = registry.requests.reduce((sum, { body }) => sum + body, 0);
      expect(sent, 'bytes sent: at most one upload wasted').toBeLessThanOrEqual(2 * BLOB.size + MIB);
    });
    passed += 1;
  });

  it.each([1, 100_000, 5 * MIB, BLOB.size - 1])('a connection that broke after %i bytes', async (after) => {
    await withRegistry({}, async (registry) => {
      const session = openSession();
      registry.faults.inject('upload-put', { kind: 'cut', after });
      await session.repository(`${registry.host}/app`).put(BLOB, streamOf(BYTES));
      await session.close();
      const sent = registry.requests.reduce((sum, { body }) => sum + body, 0);
      expect(sent, 'goes on where it broke').toBeLessThanOrEqual(BLOB.size + MIB);
    });
  });

  it('chunks, the connection broken in each of them', async () => {
    await withRegistry(noMonolith, async (registry) => {
      const session = openSession();
      for (const skip of [0, 2, 4])
        registry.faults.inject('upload-patch', { kind: 'cut', after: 2 * MIB }, { skip });
      const target = session.repository(`${registry.host}/app`);
      await target.put(BLOB, streamOf(BYTES));
      expect((await collect(target.open(BLOB))).equals(BYTES)).toBe(true);
      await session.close();
    });
  });

  it('a blob it knows already: 201 to the POST', async () => {
    await withRegistry({ knowsBlobs: true }, async (registry) => {
      const session = openSession();
      const target = session.repository(`${registry.host}/app`);
      await target.put(BLOB, streamOf(BYTES));
      await target.checkPush();
      await session.close();
      expect(registry.steps()).toEqual(['upload-start', 'upload-start']);
    });
  });

  it('two clients that push the same blob', async () => {
    await withRegistry({}, async (registry) => {
      const sessions = [openSession(), openSession()];
      await Promise.all(
        sessions.map((session) => session.repository(`${registry.host}/app`).put(BLOB, streamOf(BYTES))),
      );
      for (const session of sessions) await session.close();
    });
  });

  it('an empty blob, by each way', async () => {
    const empty = layerOf(new Uint8Array());
    for (const dialect of [{}, noMonolith, { refusesPatch: 405 }])
      await withRegistry(dialect, async (registry) => {
        const session = openSession();
        await session.repository(`${registry.host}/app`).put(empty, streamOf(new Uint8Array()));
        await session.close();
      });
  });

  it('all ways refused: the error says so', async () => {
    await withRegistry({ refusesMonolithic: 413, refusesPatch: 405 }, async (registry) => {
      const session = openSession();
      const target = session.repository(`${registry.host}/app`);
      await expect(target.put(BLOB, streamOf(BYTES))).rejects.toMatchObject({ code: 'REGISTRY' });
      await session.close();
      expect(registry.steps().filter((step) => step === 'upload-delete').length).toBe(2);
    });
  });

  it.each([413, 405, 401])('%i, sent without reading the upload', async (status) => {
    await withRegistry({}, async (registry) => {
      const session = openSession();
      registry.faults.inject('upload-put', { kind: 'hasty', status }, { times: 99 });
      registry.faults.inject('upload-patch', { kind: 'hasty', status }, { times: 99 });
      await expect(
        session.repository(`${registry.host}/app`).put(BLOB, streamOf(BYTES)),
      ).rejects.toMatchObject({ code: expect.stringMatching(/REGISTRY|NETWORK/) as string });
      await session.close();
    });
  });
});
