import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { DiskRoot, TreeIndex } from '../../../src/rootfs/index.ts';
import { createOverlayMounter, ignoreRule, IndexRoot } from '../../../src/snapshot/index.ts';
import { wholeMilliseconds, wholeSeconds } from '../../../src/snapshot/disk-member.ts';
import { placeStubs } from '../../../src/snapshot/placed-stubs.ts';
import { sameContent } from '../../../src/snapshot/same-content.ts';
import { makeStubs } from '../../../src/snapshot/stubs.ts';
import { MemoryRoot } from '../../support/memory-root.ts';

let root = '';
const at = (name: string): string => join(root, name);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'snapshot-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('ignoreRule', () => {
  it.each([
    ['dev/null', true],
    ['proc/1/x', true],
    ['sys/x', true],
    ['dev', false],
    ['devices/x', false],
    ['srv/dev/x', false],
    ['var/run', true],
    ['var/run/x', true],
    ['var/running', false],
    ['var', false],
  ])('of %s is %s', (path, ignored) => {
    expect(ignoreRule([fromText('/var/run/')])(fromText(path))).toBe(ignored);
  });
});

describe('wholeSeconds', () => {
  it('rounds down, before 1970 too', () => {
    expect([1_999_999_999n, -1n, 0n].map(wholeSeconds)).toEqual([1_000_000_000n, -1_000_000_000n, 0n]);
    expect([1_999_999n, -1n, 0n].map(wholeMilliseconds)).toEqual([1_000_000n, -1_000_000n, 0n]);
  });
});

describe('sameContent', () => {
  const block = 1 << 18;
  it.each([0, 1, block - 1, block, block + 1])('of %i bytes', (length) => {
    const bytes = Buffer.alloc(length, 7);
    writeFileSync(at('a'), bytes);
    writeFileSync(at('b'), bytes);
    expect(sameContent(fromText(at('a')), fromText(at('b')))).toBe(true);
    writeFileSync(at('b'), Buffer.concat([bytes, Buffer.from([7])]));
    expect(sameContent(fromText(at('a')), fromText(at('b')))).toBe(false);
    if (length === 0) return;
    bytes[length - 1] = 8;
    writeFileSync(at('b'), bytes);
    expect(sameContent(fromText(at('a')), fromText(at('b')))).toBe(false);
  });
});

describe('mount points for RUN', () => {
  it('follow links of the image, inside the image', () => {
    const image = MemoryRoot.of([
      ['/etc', 'd', 0o755, 0, 0, 1],
      ['/etc/hosts', 'f', 0o644, 0, 0, 1, 'own'],
      ['/etc/resolv.conf', 'l', 0o777, 0, 0, 1, '../../run/resolved/stub.conf'],
    ]);
    makeStubs(image, fromText(root));
    expect(readdirSync(root).sort()).toEqual(['dev', 'etc', 'proc', 'run', 'sys']);
    expect(readdirSync(at('etc'))).toEqual(['hostname']);
    expect(existsSync(at('run/resolved/stub.conf'))).toBe(true);
    expect(statSync(at('run/resolved')).mode & 0o777).toBe(0o755);
  });

  it('are refused where a link would send them elsewhere', () => {
    const image = MemoryRoot.of([['/proc', 'l', 0o777, 0, 0, 1, '/etc']]);
    expect(() => makeStubs(image, fromText(root))).toThrow(/proc in the image is a symlink/);
    expect(() => placeStubs(image, fromText(root))).toThrow(/proc in the image is a symlink/);
  });

  it('disappear from a plain directory, and with them the trace they left in times', () => {
    mkdirSync(at('etc'));
    utimesSync(at('etc'), 1000, 1000);
    const stubs = placeStubs(new DiskRoot(fromText(root)), fromText(root));
    expect(readdirSync(at('etc')).sort()).toEqual(['hostname', 'hosts', 'resolv.conf']);
    stubs.remove();
    expect(readdirSync(root)).toEqual(['etc']);
    expect(readdirSync(at('etc'))).toEqual([]);
    expect(statSync(at('etc')).mtimeMs).toBe(1_000_000);
  });

  it('stay where the step made something of them, and keep the time the step gave a directory', () => {
    mkdirSync(at('etc'));
    utimesSync(at('etc'), 1000, 1000);
    const stubs = placeStubs(new DiskRoot(fromText(root)), fromText(root));
    writeFileSync(at('etc/hosts'), 'by the step');
    writeFileSync(at('dev/kept'), '');
    utimesSync(at('etc'), 2000, 2000);
    rmSync(at('sys'), { recursive: true });
    stubs.remove();
    expect(readdirSync(root).sort()).toEqual(['dev', 'etc']);
    expect(readdirSync(at('etc'))).toEqual(['hosts']);
    expect(statSync(at('etc')).mtimeMs).toBe(2_000_000);
  });
});

describe('createOverlayMounter', () => {
  const mounter = createOverlayMounter(fromText('/scratch'), { userxattr: false, volatile: false });
  it.each([
    ['more lowers than the kernel stacks', Array.from({ length: 501 }, (_, index) => `${index}`)],
    ['longer options than the kernel takes', Array.from({ length: 100 }, () => 'x'.repeat(41))],
  ])('refuses %s with a way out', (_, lowers) => {
    expect(() => mounter.mount('m', { lowers })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});

describe('IndexRoot', () => {
  it('forks without being changed by its fork, and runs nothing', async () => {
    const stage = new IndexRoot(new TreeIndex());
    const fork = stage.fork();
    const directory = {
      ...MemoryRoot.of([['/d', 'd', 0o755, 0, 0, 1]]).get('/d'),
      path: fromText('d'),
      content: undefined,
    };
    await fork.change(() => [{ ...directory, type: 'directory' }]);
    expect(fork.open().view.lstat(fromText('/d'))?.type).toBe('directory');
    expect(stage.open().view.lstat(fromText('/d'))).toBeUndefined();
    await expect(stage.run()).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
