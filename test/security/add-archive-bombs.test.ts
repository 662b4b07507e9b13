import { execFileSync } from 'node:child_process';
import { statSync, readdirSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromText } from '../../src/bytes/index.ts';
import { added, contextOf, temporaryDirectory } from '../support/add-plan.ts';
import { archiveOf } from '../support/archive-bytes.ts';

const MEBIBYTE = 1024 * 1024;
const zeros = archiveOf({ path: 'zeros', content: Buffer.alloc(8 * MEBIBYTE) });
const compressions: [string, Buffer][] = [
  ['gzip', gzipSync(zeros)],
  ['zstd', zstdCompressSync(zeros)],
  ['bzip2', execFileSync('bzip2', ['-c'], { input: zeros })],
  ['xz', execFileSync('xz', ['-c'], { input: zeros })],
];

describe('ADD of an archive that unpacks to more than is allowed', () => {
  it.each(compressions)('stops before the file is written: %s', async (_, bytes) => {
    expect(bytes.length).toBeLessThan(64 * 1024);
    const spill = temporaryDirectory();
    const request = { source: contextOf({ a: bytes }), sources: ['a'], spillDirectory: fromText(spill) };
    const limits = { totalBytes: 8 * MEBIBYTE - 1 };
    await expect(added({ ...request, limits })).rejects.toMatchObject({ code: 'ARCHIVE' });
    expect(readdirSync(spill)).toEqual([]);
  });

  it.each(compressions)('takes exactly what is allowed: %s', async (_, bytes) => {
    const spill = temporaryDirectory();
    const request = { source: contextOf({ a: bytes }), sources: ['a'], spillDirectory: fromText(spill) };
    const tree = await added({ ...request, limits: { totalBytes: 8 * MEBIBYTE } });
    expect(tree.get('/zeros').size).toBe(8 * MEBIBYTE);
    expect(readdirSync(spill).map((name) => statSync(`${spill}/${name}`).size)).toEqual([8 * MEBIBYTE]);
  });

  it('counts entries, also those of one name', async () => {
    const rows = Array.from({ length: 11 }, () => ({ path: 'same' }));
    const request = { sources: ['a'], limits: { entries: 10 } };
    const within = contextOf({ a: archiveOf(...rows.slice(1)) });
    expect((await added({ ...request, source: within })).nodes.has('/same')).toBe(true);
    const beyond = contextOf({ a: archiveOf(...rows) });
    await expect(added({ ...request, source: beyond })).rejects.toMatchObject({ code: 'ARCHIVE' });
  });
});

/** Bytes no compression makes smaller, the same every time. */
function noiseOf(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, state = 1; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
const noise = noiseOf(1_200_000);
const mixed = archiveOf({ path: 'first', content: 'x' }, { path: 'noise', content: noise });
const mixedBy: [string, Buffer][] = [
  ['tar', mixed],
  ['gzip', gzipSync(mixed, { level: 0 })],
  ['zstd', zstdCompressSync(mixed)],
  ['bzip2', execFileSync('bzip2', ['-1c'], { input: mixed, maxBuffer: 1 << 24 })],
  ['xz', execFileSync('xz', ['-0c'], { input: mixed, maxBuffer: 1 << 24 })],
];

describe('ADD of an archive that is cut off or damaged behind its first entry', () => {
  it.each(mixedBy)('fails as a whole: %s', async (_, bytes) => {
    const whole = await added({ source: contextOf({ a: bytes }), sources: ['a'] });
    expect(whole.get('/noise').size).toBe(noise.length);
    const cut = contextOf({ a: bytes.subarray(0, bytes.length - (bytes.length >> 3)) });
    await expect(added({ source: cut, sources: ['a'] })).rejects.toMatchObject({ code: 'ARCHIVE' });
  });

  it('copies it as it is with --unpack=false', async () => {
    const cut = contextOf({ a: zeros.subarray(0, 4096) });
    const tree = await added({ source: cut, sources: ['a'], unpack: false });
    expect(tree.get('/a').size).toBe(4096);
  });
});
