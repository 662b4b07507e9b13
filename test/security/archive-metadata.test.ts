import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromText } from '../../src/bytes/index.ts';
import { DiskRoot, readXattrs } from '../../src/rootfs/index.ts';
import { charDevice, dir, fifo, file, hardlink, type RawEntry, symlink } from '../support/hostile-tar.ts';
import { describeTree, isRoot, Scene } from '../support/hostile-tar-victims.ts';

const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex');
const capability = { pax: { 'SCHILY.xattr.security.capability': CAPABILITY.toString('latin1') } };
const odd = { mode: 0o6777, uid: 7, gid: 7, mtime: 7 };

/** Archives whose metadata would reach the victim `V` if any call followed a link; `P` is a program in it. */
const THROUGH_LINKS: readonly (readonly [string, readonly RawEntry[]])[] = [
  ['a link with a mode', [symlink('s', 'V', odd)]],
  ['a link to a file with a mode', [symlink('s', 'P', odd)]],
  ['a link that replaces a directory', [dir('d', odd), symlink('d', 'V', odd)]],
  ['a link that replaces a directory with a late time', [dir('d', odd), dir('d/e', odd), symlink('d', 'V')]],
  ['a link that replaces the parent of a directory', [dir('a/inner', odd), symlink('a', 'V')]],
  ['a link that replaces a file', [file('f', 'x', odd), symlink('f', 'P', odd)]],
  ['a directory over a link', [symlink('d', 'V'), dir('d', odd)]],
  ['a directory over a link, twice', [symlink('d', 'V'), dir('d', odd), dir('d', odd)]],
  ['a directory behind a link', [symlink('l', 'V'), dir('l/inner', odd)]],
  ['a directory named with a dot behind a link', [symlink('l', 'V'), dir('l/.', odd)]],
  ['a file over a link', [symlink('f', 'P'), file('f', 'x', odd)]],
  ['a file behind a link', [symlink('l', 'V'), file('l/program', 'x', odd)]],
  ['a hard link to a link', [symlink('s', 'P'), hardlink('h', 's', odd)]],
  ['a hard link to a link to a directory', [symlink('s', 'V'), hardlink('h', 's', odd)]],
  ['a fifo over a link', [symlink('p', 'P'), fifo('p', odd)]],
  ['a fifo that a link replaces', [fifo('p', odd), symlink('p', 'P')]],
  ['a device that a link replaces', [charDevice('c', 1, 3), symlink('c', 'P')]],
  ['capabilities on a link', [symlink('s', 'P', capability)]],
  [
    'capabilities of a file that a link replaces',
    [file('f', 'x', { mode: 0o755, ...capability }), symlink('f', 'P')],
  ],
  [
    'capabilities of a file whose parent a link replaces',
    [file('a/program', 'x', capability), symlink('a', 'V')],
  ],
  ['capabilities of a file over a link', [symlink('f', 'P'), file('f', 'x', { mode: 0o755, ...capability })]],
  ['a whiteout over a link with a mode', [symlink('.wh.x', 'P', odd)]],
];

describe('the metadata of', () => {
  it.each(THROUGH_LINKS)('%s changes nothing outside, in one layer and in many', (_, entries) => {
    for (const toLayers of [(all: RawEntry[]) => [all], (all: RawEntry[]) => all.map((one) => [one])]) {
      using scene = new Scene();
      const real = entries.map((entry) => ({ ...entry, link: targetOf(scene, entry.link ?? '') }));
      const program = fromText(join(scene.victim, 'program'));
      const before = scene.outside();
      expect(scene.unpack(toLayers(real))).toBeUndefined();
      expect(scene.outside()).toEqual(before);
      expect(isRoot ? readXattrs([program]).size : 0).toBe(0);
      expect(scene.leaks()).toEqual([]);
    }
  });
});

function targetOf(scene: Scene, link: string): string {
  if (link === 'V') return scene.victim;
  return link === 'P' ? join(scene.victim, 'program') : link;
}

describe('metadata inside the root', () => {
  it('is exact for files, directories and links, setuid included', () => {
    using scene = new Scene();
    const owner = isRoot
      ? { uid: 1234, gid: 4321 }
      : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    scene.unpackLayer([
      dir('d', { ...owner, mode: 0o3750, mtime: 1111 }),
      file('d/f', 'x', { ...owner, mode: 0o6755, mtime: 2222 }),
      symlink('d/s', 'none', { ...owner, mtime: 3333 }),
      dir('d/locked', { ...owner, mode: 0o000, mtime: 4444 }),
      dir('d/read', { ...owner, mode: 0o555, mtime: 5555 }),
      file('d/read/f', 'x', { ...owner, mode: 0o000, mtime: 1 }),
      file('d/locked/f', 'x', { ...owner, mode: 0o000, mtime: 1 }),
    ]);
    expect(shown(scene, 'd')).toEqual({ ...owner, mode: 0o3750, mtime: 1111 });
    expect(shown(scene, 'd/f')).toEqual({ ...owner, mode: 0o6755, mtime: 2222 });
    expect(shown(scene, 'd/s')).toMatchObject({ ...owner, mtime: 3333 });
    expect(shown(scene, 'd/locked')).toEqual({ ...owner, mode: 0o000, mtime: 4444 });
    expect(shown(scene, 'd/read')).toEqual({ ...owner, mode: 0o555, mtime: 5555 });
  });

  it('of directories stays when a later layer changes what is in them', () => {
    using scene = new Scene();
    scene.unpackLayer([
      dir('d', { mode: 0o555, mtime: 1111 }),
      file('d/a', '1'),
      dir('d/e', { mode: 0o500, mtime: 2222 }),
    ]);
    scene.unpackLayer([file('d/b', '2'), file('d/.wh.a'), file('d/e/x', '3')]);
    expect(shown(scene, 'd')).toMatchObject({ mode: 0o555, mtime: 1111 });
    expect(shown(scene, 'd/e')).toMatchObject({ mode: 0o500, mtime: 2222 });
  });

  it("of directories is the last entry's, whatever comes before", () => {
    using scene = new Scene();
    scene.unpackLayer([
      dir('d', { mode: 0o700, mtime: 1 }),
      file('d/a', '1'),
      dir('d', { mode: 0o711, mtime: 2 }),
    ]);
    scene.unpackLayer([dir('d', { mode: 0o751, mtime: 3 })]);
    expect(shown(scene, 'd')).toMatchObject({ mode: 0o751, mtime: 3 });
    expect(describeTree(new DiskRoot(fromText(scene.root)))).toEqual(['d/', 'd/a']);
  });

  it('of directories nobody describes is 0755 and does not depend on the clock', () => {
    using scene = new Scene();
    scene.unpackLayer([file('a/b/c', '1')]);
    expect(shown(scene, 'a/b')).toMatchObject({ mode: 0o755, mtime: 0 });
  });

  it.each([-1_500_000_000, -1, 0, 1, 2 ** 33])('keeps the time %i', (seconds) => {
    using scene = new Scene();
    scene.unpackLayer([file('f', 'x', { pax: { mtime: String(seconds) } })]);
    // Old file systems hold 32 bits only.
    const stored = Number(lstatSync(join(scene.root, 'f'), { bigint: true }).mtimeNs / 1_000_000_000n);
    expect([seconds, 2 ** 31 - 1]).toContain(stored);
  });

  it.each([2 ** 32 - 1, 2 ** 32, 2 ** 53])('refuses the owner %d', (uid) => {
    using scene = new Scene();
    expect(scene.unpack([[file('f', 'x', { pax: { uid: String(uid) } })]])?.code).toBe('ARCHIVE');
  });

  it.skipIf(!isRoot)('takes owners as large as the kernel does (needs root)', () => {
    using scene = new Scene();
    scene.unpackLayer([file('f', 'x', { pax: { uid: '4294967294', gid: '3000000000' } })]);
    expect(shown(scene, 'f')).toMatchObject({ uid: 4294967294, gid: 3000000000 });
  });

  it.skipIf(!isRoot)('holds security.capability and no other attribute (needs root)', () => {
    using scene = new Scene();
    scene.unpackLayer([
      file('bin/ping', 'x', { mode: 0o755, ...capability }),
      hardlink('bin/ping6', 'bin/ping'),
      file('other', 'x', {
        pax: { 'SCHILY.xattr.user.note': 'n', 'SCHILY.xattr.trusted.overlay.opaque': 'y' },
      }),
      file('bin/replaced', 'x', { mode: 0o755, ...capability }),
      file('bin/replaced', 'y', { mode: 0o755 }),
    ]);
    const paths = ['bin/ping', 'bin/ping6', 'other', 'bin/replaced'].map((name) =>
      fromText(join(scene.root, name)),
    );
    const found = readXattrs(paths);
    expect([...found.keys()]).toEqual(paths.slice(0, 2));
    expect(Buffer.from(found.get(paths[0] ?? fromText(''))?.get('security.capability') ?? [])).toEqual(
      CAPABILITY,
    );
  });
});

describe('device nodes', () => {
  it('that stand for removed files in stacked trees are left out', () => {
    using scene = new Scene();
    expect(scene.unpack([[charDevice('c', 0, 0), hardlink('h', 'c'), file('f', '1')]])).toBeUndefined();
    expect(describeTree(new DiskRoot(fromText(scene.root)))).toEqual(['f']);
  });

  it('that this process may not make are left out, and nothing fails', () => {
    using scene = new Scene();
    scene.unpackLayer([file('dev/null', 'stale')]);
    expect(scene.unpack([[dir('dev'), charDevice('dev/null', 1, 3), file('dev/f', '1')]])).toBeUndefined();
    expect([
      ['dev/', 'dev/f'],
      ['dev/', 'dev/f', 'dev/null|'],
    ]).toContainEqual(describeTree(new DiskRoot(fromText(scene.root))));
  });
});

function shown(scene: Scene, path: string): object {
  const { uid, gid, mode, mtimeMs } = lstatSync(join(scene.root, path));
  return { uid, gid, mode: mode & 0o7777, mtime: mtimeMs / 1000 };
}
