import { randomBytes } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/content/index.ts';
import { fromText } from '../../../src/bytes/index.ts';
import { applyLayer, recompressLayer, writeLayer, type LayerCompression } from '../../../src/layer/index.ts';
import { parallelZstd } from '../../../src/layer/compress/parallel-zstd.ts';
import { layerCompression } from '../../../src/oci/index.ts';
import type { LocalBlobStore } from '../../../src/content/index.ts';
import { chunksOf, collect, file, Recorder } from './fixtures.ts';

const MIB = 1 << 20;
const WAYS: readonly LayerCompression[] = [
  { kind: 'none' },
  { kind: 'gzip' },
  { kind: 'gzip', level: 9 },
  { kind: 'zstd' },
  { kind: 'zstd', level: 9 },
];

function store(): LocalBlobStore {
  return { ...memoryStore(), pathOf: () => '' };
}

const text = 'some text '.repeat(MIB / 8);
const members = [file('a', text), file('b', randomBytes(MIB).toString('latin1')), file('c', 'x')];

describe('a layer', () => {
  it.each(WAYS)('is written and read as %j', async (compression) => {
    const blobs = store();
    const { descriptor, diffId } = await writeLayer(members, blobs, { compression });
    expect(layerCompression(descriptor.mediaType)).toBe(compression.kind);
    const recorder = new Recorder();
    await applyLayer(blobs.open(descriptor), compression.kind, diffId, recorder);
    expect(recorder.entries.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    expect(recorder.contents.get(fromText('a'))).toBe(text);
  });

  it('is compressed anew from any form into the bytes it would have had from the start', async () => {
    for (const first of WAYS) {
      const blobs = store();
      const layer = await writeLayer(members, blobs, { compression: first });
      for (const second of WAYS) {
        const again = await recompressLayer(layer, { from: blobs, to: blobs, compression: second });
        expect(again).toEqual(await writeLayer(members, store(), { compression: second }));
      }
    }
  });

  it('is not taken for another one: nothing stays in the store', async () => {
    const blobs = store();
    const layer = await writeLayer(members, blobs, {});
    const wrong = { ...layer, diffId: layer.descriptor.digest };
    const made = recompressLayer(wrong, { from: blobs, to: blobs, compression: { kind: 'zstd' } });
    await expect(made).rejects.toMatchObject({ code: 'CONTENT' });
  });
});

describe('parallelZstd', () => {
  const input = Buffer.concat([randomBytes(MIB / 2), Buffer.alloc(5 * MIB, 'some text '), randomBytes(1000)]);
  const compressed = async (size: number, framesInFlight: number): Promise<Buffer> =>
    collect(parallelZstd(chunksOf(input, size), { framesInFlight }));

  it('gives the same bytes however they come and however many frames are in flight', async () => {
    const first = await compressed(MIB, 4);
    for (const [size, inFlight] of [
      [MIB, 1],
      [1000, 3],
      [7 * MIB, 9],
    ] as const)
      expect((await compressed(size, inFlight)).equals(first)).toBe(true);
    expect(
      zstdDecompressSync(first)
        .subarray(0, 4 * MIB)
        .equals(input.subarray(0, 4 * MIB)),
    ).toBe(true);
  });

  it('makes one frame of nothing', async () => {
    expect(zstdDecompressSync(await collect(parallelZstd(chunksOf(Buffer.alloc(0)))))).toHaveLength(0);
  });
});
