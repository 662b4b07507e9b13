import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { applyLayer, writeLayer, type LayerOptions } from '../../../src/layer/index.ts';
import { parallelGzip } from '../../../src/layer/compress/parallel-gzip.ts';
import { digestOf } from '../../../src/oci/index.ts';
import type { TarMember } from '../../../src/tar/index.ts';
import { chunksOf, collect, FakeStore, file, member, Recorder } from './fixtures.ts';

const MIB = 1 << 20;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'layer-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A member whose content is a file on disk. */
function onDisk(name: string, bytes: Uint8Array): TarMember {
  writeFileSync(join(directory, name), bytes);
  const path = fromText(join(directory, name));
  return member(name, { size: bytes.length, content: { kind: 'file', path } });
}

async function write(members: readonly TarMember[], options: LayerOptions = {}) {
  const store = new FakeStore();
  const layer = await writeLayer(members, store, options);
  const bytes = store.bytes(layer.descriptor.digest);
  return { layer, bytes, tar: gunzipSync(bytes) };
}

async function read(blob: Buffer): Promise<Recorder> {
  const recorder = new Recorder();
  await applyLayer(chunksOf(blob), 'gzip', undefined, recorder);
  return recorder;
}

describe('writeLayer', () => {
  it('describes what it wrote', async () => {
    const { layer, bytes, tar } = await write([file('a', 'text')]);
    expect(layer).toEqual({
      descriptor: {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: digestOf(bytes),
        size: bytes.length,
      },
      diffId: digestOf(tar),
    });
  });

  it('writes members in their order, content from memory and from disk', async () => {
    const large = randomBytes(3 * MIB + 5);
    const { bytes } = await write([
      member('d/'),
      file('d/b', 'text'),
      onDisk('a', large),
      member('l -> d/b'),
    ]);
    const { entries, contents } = await read(bytes);
    expect(entries.map(({ path }) => path)).toEqual(['d', 'd/b', 'a', 'l']);
    expect(contents.get(fromText('d/b'))).toBe('text');
    expect(contents.get(fromText('a')) === large.toString('latin1')).toBe(true);
  });

  it('gives the same bytes for the same members', async () => {
    const members = () => [onDisk('a', Buffer.alloc(2 * MIB, 'ab')), file('b', 'text')];
    expect((await write(members())).layer).toEqual((await write(members())).layer);
  });

  it('writes an archive of nothing', async () => {
    expect((await write([])).tar).toEqual(Buffer.alloc(1024));
  });

  it.each<[string, LayerOptions, bigint[]]>([
    ['as they are', {}, [-5_000_000_000n, 10_000_000_000n, 30_000_000_000n]],
    ['clamped', { maxMtimeNs: 10_000_000_000n }, [-5_000_000_000n, 10_000_000_000n, 10_000_000_000n]],
    ['fixed', { maxMtimeNs: 10n, fixedMtimeNs: 20_000_000_000n }, Array(3).fill(20_000_000_000n) as bigint[]],
  ])('keeps times %s', async (_, options, expected) => {
    const times = [-5_000_000_000n, 10_000_000_000n, 30_000_000_000n];
    const { bytes } = await write(
      times.map((mtimeNs, at) => member(`f${String(at)}`, { mtimeNs })),
      options,
    );
    expect((await read(bytes)).entries.map(({ mtimeNs }) => mtimeNs)).toEqual(expected);
  });

  it.each([-1, 1])('throws where a file has another size than its entry (%i)', async (difference) => {
    const store = new FakeStore();
    const one = onDisk('a', Buffer.alloc(2 * MIB));
    truncateSync(join(directory, 'a'), 2 * MIB + difference);
    await expect(writeLayer([one], store, {})).rejects.toMatchObject({ code: 'FILESYSTEM' });
    expect([store.blobs.size, store.aborted]).toEqual([0, 1]);
  });

  it('does not follow a link that took the place of a file', async () => {
    const one = onDisk('a', Buffer.from('text'));
    writeFileSync(join(directory, 'b'), 'text');
    rmSync(join(directory, 'a'));
    symlinkSync('b', join(directory, 'a'));
    await expect(write([one])).rejects.toMatchObject({ code: 'FILESYSTEM' });
  });

  it('stops when it is cancelled', async () => {
    const store = new FakeStore();
    const signal = AbortSignal.abort();
    await expect(writeLayer([file('a', 'x')], store, { signal })).rejects.toThrow('abort');
    expect([store.blobs.size, store.aborted]).toEqual([0, 1]);
  });
});

describe('parallelGzip', () => {
  const input = Buffer.concat([randomBytes(MIB / 2), Buffer.alloc(3 * MIB, 'some text '), randomBytes(1000)]);
  const gzip = (blocksInFlight: number, level?: number) =>
    collect(parallelGzip(chunksOf(input, MIB / 2), { blocksInFlight, level }));

  it('gives the same bytes for any number of blocks in flight', async () => {
    const one = await gzip(1);
    expect(gunzipSync(one).equals(input)).toBe(true);
    for (const inFlight of [2, 3, 16]) expect((await gzip(inFlight)).equals(one)).toBe(true);
  });

  it('is one gzip member that gzip accepts', async () => {
    const result = spawnSync('gzip', ['-t', '-v'], { input: await gzip(4) });
    expect([result.status, result.stderr.toString()]).toEqual([0, expect.stringContaining('OK')]);
  });

  it('takes every level', async () => {
    for (let level = 0; level <= 9; level++)
      expect(gunzipSync(await gzip(2, level)).equals(input)).toBe(true);
  });

  it('compresses nothing to an empty member', async () => {
    expect(gunzipSync(await collect(parallelGzip(chunksOf(Buffer.alloc(0)))))).toHaveLength(0);
  });

  it('has few blocks in flight whatever the size', async () => {
    let [made, taken, most] = [0, 0, 0];
    async function* blocks() {
      for (; made < 50; made++) {
        most = Math.max(most, made - taken);
        yield await Promise.resolve(Buffer.alloc(1000));
      }
    }
    for await (const piece of parallelGzip(blocks(), { blocksInFlight: 3 })) if (piece.length > 10) taken++;
    expect(most).toBeLessThanOrEqual(4);
  });

  it('passes on what its source throws', async () => {
    async function* broken() {
      yield await Promise.resolve(Buffer.alloc(10));
      throw new Error('disk on fire');
    }
    await expect(collect(parallelGzip(broken()))).rejects.toThrow('disk on fire');
  });
});
