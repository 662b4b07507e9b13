import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackContext } from '../../src/context/archive/unpack-context.ts';
import { charDevice, dir, file, hardlink, rawTar, symlink, type RawEntry } from '../support/hostile-tar.ts';

let home: string;
let parent: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'context-archive-'));
  parent = join(home, 'scratch');
  mkdirSync(parent);
  writeFileSync(join(home, 'victim'), 'untouched');
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}
const unpack = (
  entries: readonly RawEntry[],
  bounds?: { entries: number; totalBytes: number },
): Promise<string> =>
  unpackContext({ name: 'x.tgz', chunks: chunksOf(gzipSync(rawTar(entries))) }, parent, bounds);

function untouched(): void {
  expect(readFileSync(join(home, 'victim'), 'utf8')).toBe('untouched');
  expect(readdirSync(home).sort()).toEqual(['scratch', 'victim']);
}

describe('the archive of a build context', () => {
  it.each<[string, RawEntry[]]>([
    ['dots', [file('../../victim', 'bad')]],
    ['dots within', [file('a/../../../victim', 'bad')]],
    ['a hard link out of it', [hardlink('x', '../../victim'), file('x', 'bad')]],
  ])('cannot write outside by %s', async (_how, entries) => {
    await expect(unpack(entries)).rejects.toMatchObject({
      code: 'ARCHIVE',
      message: expect.stringContaining('x.tgz'),
    });
    untouched();
    expect(readdirSync(parent)).toEqual([]);
  });

  it.each<[string, RawEntry[]]>([
    ['an absolute name', [file('/victim', 'inside')]],
    ['a link to a directory outside', [symlink('up', '../..'), file('up/victim', 'inside')]],
    ['an absolute link', [symlink('abs', '/'), file('abs/victim', 'inside')]],
  ])('stays inside with %s', async (_how, entries) => {
    const path = await unpack(entries);
    untouched();
    expect(readFileSync(join(path, 'victim'), 'utf8')).toBe('inside');
  });

  it('replaces a link in place of writing through it', async () => {
    const path = await unpack([symlink('x', '../../victim'), file('x', 'new')]);
    untouched();
    expect(lstatSync(join(path, 'x')).isFile()).toBe(true);
  });

  it('makes no device, sets no owner, and takes whiteouts for the files they are', async () => {
    const path = await unpack([
      charDevice('null', 1, 3),
      file('owned', 'x', { uid: 4711, gid: 4712, mode: 0o640 }),
      file('kept', 'x'),
      file('.wh.kept', ''),
      dir('d'),
    ]);
    expect(existsSync(join(path, 'null'))).toBe(false);
    expect(lstatSync(join(path, 'owned'))).toMatchObject({
      uid: process.getuid?.(),
      gid: process.getgid?.(),
    });
    expect(readdirSync(path).sort()).toEqual(['.wh.kept', 'd', 'kept', 'owned']);
  });

  it('is given up where it unpacks to more than it may', async () => {
    const two = [file('a', 'four'), file('b', 'four')];
    expect(readdirSync(await unpack(two, { entries: 2, totalBytes: 8 })).sort()).toEqual(['a', 'b']);
    await expect(unpack(two, { entries: 1, totalBytes: 8 })).rejects.toMatchObject({ code: 'ARCHIVE' });
    await expect(unpack(two, { entries: 2, totalBytes: 7 })).rejects.toMatchObject({ code: 'ARCHIVE' });
  });

  it('that is cut off leaves nothing', async () => {
    const whole = gzipSync(rawTar([file('a', 'x'.repeat(5000))]));
    await expect(
      unpackContext({ name: 'x.tgz', chunks: chunksOf(whole.subarray(0, whole.length - 10)) }, parent),
    ).rejects.toMatchObject({ code: 'ARCHIVE' });
    expect(readdirSync(parent)).toEqual([]);
  });
});
