import { gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyLayer } from '../../../src/layer/index.ts';
import { digestOf, type Compression, type Digest } from '../../../src/oci/index.ts';
import { tarStream } from '../../../src/tar/index.ts';
import { chunksOf, collect, file, member, Recorder, shown } from './fixtures.ts';

const SKIPPABLE = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
let tar: Buffer;

beforeAll(async () => {
  tar = await collect(tarStream([member('d/'), file('d/a', 'text '.repeat(1000)), member('l -> d/a')]));
});

async function apply(
  blob: Buffer,
  compression: Compression,
  options: { chunk?: number; diffId?: Digest; limit?: number; signal?: AbortSignal } = {},
): Promise<string[]> {
  const recorder = new Recorder();
  const limits = options.limit === undefined ? {} : { uncompressedBytes: options.limit };
  const chunks = chunksOf(blob, options.chunk);
  await applyLayer(chunks, compression, options.diffId, recorder, options.signal, limits);
  return recorder.entries.map(shown);
}

const ENTRIES = ['d/', 'd/a', 'l -> d/a'];
const ARCHIVE = { code: 'ARCHIVE' };

/** A blob cut in two before it is compressed. */
const inTwo = (compress: (bytes: Buffer) => Buffer, between = Buffer.alloc(0)) =>
  Buffer.concat([compress(tar.subarray(0, 700)), between, compress(tar.subarray(700))]);

describe('applyLayer', () => {
  it.each<[string, Compression, () => Buffer]>([
    ['plain', 'none', () => tar],
    ['gzip', 'gzip', () => gzipSync(tar)],
    ['zstd', 'zstd', () => zstdCompressSync(tar)],
    ['two gzip members', 'gzip', () => inTwo(gzipSync)],
    ['two zstd frames', 'zstd', () => inTwo(zstdCompressSync)],
    [
      'skippable zstd frames',
      'zstd',
      () => Buffer.concat([SKIPPABLE, inTwo(zstdCompressSync, SKIPPABLE), SKIPPABLE]),
    ],
    ['zstd labelled gzip', 'gzip', () => zstdCompressSync(tar)],
    ['gzip labelled zstd', 'zstd', () => gzipSync(tar)],
    ['plain labelled gzip', 'gzip', () => tar],
  ])('reads %s in chunks of any size', async (_, compression, blob) => {
    for (const chunk of [1, 7, 600, 1 << 20])
      expect(await apply(blob(), compression, { chunk, diffId: digestOf(tar) })).toEqual(ENTRIES);
  });

  it('reads zstd frames with checksums, of many blocks, and without a content size', async () => {
    const { constants, createZstdCompress } = await import('node:zlib');
    const stream = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    const large = await collect(tarStream([file('a', 'x'.repeat(500_000)), file('b', 'y')]));
    stream.end(large);
    const frame = await collect(stream);
    const blob = Buffer.concat([frame, SKIPPABLE, zstdCompressSync(Buffer.alloc(0))]);
    for (const chunk of [1, 100, 1 << 20])
      expect(await apply(blob, 'zstd', { chunk, diffId: digestOf(large) })).toEqual(['a', 'b']);
  });

  it('takes an empty blob as an empty layer', async () => {
    expect(await apply(Buffer.alloc(0), 'gzip')).toEqual([]);
  });

  it('refuses another diff ID', async () => {
    const diffId = digestOf('something else');
    await expect(apply(gzipSync(tar), 'gzip', { diffId })).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it('counts bytes after the end marker into the diff ID', async () => {
    const padded = Buffer.concat([tar, Buffer.alloc(10240)]);
    expect(await apply(gzipSync(padded), 'gzip', { diffId: digestOf(padded) })).toEqual(ENTRIES);
    await expect(apply(gzipSync(padded), 'gzip', { diffId: digestOf(tar) })).rejects.toMatchObject({
      code: 'CONTENT',
    });
  });

  it.each<[string, Compression, () => Buffer]>([
    ['gzip without its end', 'gzip', () => gzipSync(tar).subarray(0, -5)],
    [
      'gzip with a wrong checksum',
      'gzip',
      () => Buffer.concat([gzipSync(tar).subarray(0, -8), Buffer.alloc(8, 1)]),
    ],
    ['gzip followed by zeros', 'gzip', () => Buffer.concat([gzipSync(tar), Buffer.alloc(5000)])],
    ['gzip followed by a zero', 'gzip', () => Buffer.concat([gzipSync(tar), Buffer.alloc(1)])],
    ['gzip followed by garbage', 'gzip', () => Buffer.concat([gzipSync(tar), Buffer.from('garbage')])],
    [
      'gzip followed by zeros and more',
      'gzip',
      () => Buffer.concat([gzipSync(tar), Buffer.alloc(9), gzipSync(tar)]),
    ],
    ['zstd without its end', 'zstd', () => zstdCompressSync(tar).subarray(0, -5)],
    [
      'zstd followed by garbage',
      'zstd',
      () => Buffer.concat([zstdCompressSync(tar), Buffer.from('garbage')]),
    ],
    ['zstd followed by zeros', 'zstd', () => Buffer.concat([zstdCompressSync(tar), Buffer.alloc(512)])],
    ['gzip labelled none', 'none', () => gzipSync(tar)],
    [
      'xz labelled gzip',
      'gzip',
      () => Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(600, 1)]),
    ],
    ['a tar without its end', 'gzip', () => gzipSync(tar.subarray(0, 2000))],
  ])('refuses %s', async (_, compression, blob) => {
    for (const chunk of [5, 1 << 20])
      await expect(apply(blob(), compression, { chunk })).rejects.toMatchObject(ARCHIVE);
  });

  it('stops at the limit of uncompressed bytes', async () => {
    const bomb = gzipSync(Buffer.concat([tar, Buffer.alloc(10_000_000)]));
    const limit = tar.length + 10_000_000;
    expect(await apply(bomb, 'gzip', { limit })).toEqual(ENTRIES);
    await expect(apply(bomb, 'gzip', { limit: limit - 1 })).rejects.toMatchObject(ARCHIVE);
  });

  it('refuses a zstd window that would take more than 128 MiB', async () => {
    // A frame header alone: no content size, window descriptor of 2^31.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 1, 0, 0]);
    await expect(apply(frame, 'zstd')).rejects.toMatchObject(ARCHIVE);
    frame.writeUInt8(17 << 3, 5);
    expect(await apply(frame, 'zstd')).toEqual([]);
  });

  it('passes on what the handler and the blob throw', async () => {
    const handler = new Recorder();
    handler.entry = () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    const result = applyLayer(chunksOf(gzipSync(tar)), 'gzip', undefined, handler);
    await expect(result).rejects.toMatchObject({ code: 'FILESYSTEM' });
  });

  it('stops when it is cancelled, and closes the blob', async () => {
    const controller = new AbortController();
    let closed = false;
    async function* blob() {
      try {
        yield await Promise.resolve(gzipSync(tar));
        controller.abort();
        for (;;) yield await new Promise<Buffer>((resolve) => setImmediate(resolve, Buffer.alloc(10)));
      } finally {
        closed = true;
      }
    }
    const result = applyLayer(blob(), 'gzip', undefined, new Recorder(), controller.signal);
    await expect(result).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(closed).toBe(true);
  });
});
