import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BytePath } from '../../../src/bytes/index.ts';
import { encodeHeader, type TarEntry } from '../../../src/tar/index.ts';
import { END, entry, parse, SECOND } from './fixtures.ts';

interface Vector {
  readonly name: string;
  readonly entry: Partial<Omit<TarEntry, 'xattrs'>> & {
    readonly seconds?: string;
    readonly nanoseconds?: number;
    readonly xattrs?: Readonly<Record<string, string>>;
  };
  readonly bytes: number;
  readonly sha256: string;
}

/** Made by Go 1.26: archive/tar, Format: FormatPAX. */
const VECTORS = JSON.parse(readFileSync(new URL('go-headers.json', import.meta.url), 'utf8')) as Vector[];

function entryOf({ entry: { seconds = '0', nanoseconds = 0, xattrs = {}, ...rest } }: Vector): TarEntry {
  return entry('', {
    ...rest,
    mtimeNs: BigInt(seconds) * SECOND + BigInt(nanoseconds),
    xattrs: new Map(Object.entries(xattrs).map(([name, hex]) => [name, Buffer.from(hex, 'hex')])),
  });
}

const bytePath = (text: string) => text as BytePath;

describe('encodeHeader', () => {
  it.each(VECTORS)('writes the bytes that Go writes for $name', (vector) => {
    const header = encodeHeader(entryOf(vector));
    expect(header).toHaveLength(vector.bytes);
    expect(createHash('sha256').update(header).digest('hex')).toBe(vector.sha256);
  });

  it.each(VECTORS)('loses nothing of $name', (vector) => {
    const one = { ...entryOf(vector), size: 0 };
    expect(parse(Buffer.concat([encodeHeader(one), END])).entries).toEqual([one]);
  });

  it('needs no more than a block for what fits into one', () => {
    const changes = { uid: 2_097_151, size: 8_589_934_591, mtimeNs: 8_589_934_591n * SECOND };
    expect(encodeHeader(entry('n'.repeat(100), changes))).toHaveLength(512);
    expect(encodeHeader(entry(`${'d'.repeat(155)}/${'n'.repeat(100)}`, changes))).toHaveLength(512);
  });

  it('sorts attributes', () => {
    const value = Buffer.from('v');
    const xattrs = (...names: string[]) => new Map(names.map((name) => [name, value]));
    expect(encodeHeader(entry('f', { xattrs: xattrs('user.b', 'user.a') }))).toEqual(
      encodeHeader(entry('f', { xattrs: xattrs('user.a', 'user.b') })),
    );
  });

  it.each<[string, Partial<TarEntry>]>([
    ['no name', { path: bytePath('') }],
    ['a NUL in the name', { path: bytePath('a\0b') }],
    ['a file that looks like a directory', { path: bytePath('a/') }],
    ['a link without target', { type: 'symlink' }],
    ['a NUL in the target', { type: 'symlink', linkname: bytePath('a\0') }],
    ['a file with a target', { linkname: bytePath('a') }],
    ['a directory with a size', { type: 'directory', size: 1 }],
    ['a negative size', { size: -1 }],
    ['half a byte', { size: 0.5 }],
    ['file type bits in the mode', { mode: 0o100644 }],
    ['a negative owner', { uid: -1 }],
    ['an owner that is no number', { gid: Number.NaN }],
    ['a device number beyond octal', { type: 'char', devMajor: 0o7777777 + 1 }],
    ['an attribute with = in its name', { xattrs: new Map([['user.a=b', Buffer.from('v')]]) }],
    ['an attribute with NUL in its name', { xattrs: new Map([['user.a\0', Buffer.from('v')]]) }],
    ['too many attributes', { xattrs: new Map([['user.a', Buffer.alloc(1 << 20)]]) }],
  ])('refuses %s', (_, changes) => {
    expect(() => encodeHeader(entry('f', changes))).toThrow(expect.objectContaining({ code: 'ARCHIVE' }));
  });
});
