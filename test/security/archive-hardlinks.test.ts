import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromText } from '../../src/bytes/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { DiskRoot } from '../../src/rootfs/index.ts';
import { dir, fifo, file, hardlink, type RawEntry, symlink } from '../support/hostile-tar.ts';
import { describeTree, index, Scene } from '../support/hostile-tar-victims.ts';

type Layers = readonly (readonly RawEntry[])[];

/** Hard links that are fine, and the tree they make. */
const ACCEPTED: readonly (readonly [string, Layers, readonly string[]])[] = [
  ['a name in the same directory', [[file('a', '1'), hardlink('b', 'a')]], ['a', 'b=a']],
  [
    'an absolute name',
    [[file('usr/bin/a', '1'), hardlink('b', '/usr/bin/a')]],
    ['b', 'usr/', 'usr/bin/', 'usr/bin/a=b'],
  ],
  ['a name with a dot', [[file('a', '1'), hardlink('d/b', './a')]], ['a', 'd/', 'd/b=a']],
  [
    'a name with dots that stay inside',
    [[file('a', '1'), dir('d'), hardlink('b', 'd/../a')]],
    ['a', 'b=a', 'd/'],
  ],
  ['a link', [[file('a', '1'), hardlink('b', 'a'), hardlink('c', 'b')]], ['a', 'b=a', 'c=a']],
  ['a file of a lower layer', [[file('a', '1')], [hardlink('b', 'a')]], ['a', 'b=a']],
  ['a symlink', [[symlink('s', 'none'), hardlink('h', 's')]], ['h->none', 's->none=h']],
  ['a symlink to a directory', [[dir('d'), symlink('s', 'd'), hardlink('h', 's')]], ['d/', 'h->d', 's->d=h']],
  [
    'a file behind a link',
    [[dir('d'), file('d/a', '1'), symlink('l', '/d'), hardlink('h', 'l/a')]],
    ['d/', 'd/a', 'h=d/a', 'l->/d'],
  ],
  ['a fifo', [[fifo('p'), hardlink('h', 'p')]], ['h|', 'p|=h']],
  ['itself', [[file('a', '1'), hardlink('a', 'a')]], ['a']],
  ['a file, in place of a file', [[file('a', '1'), file('b', '2'), hardlink('b', 'a')]], ['a', 'b=a']],
  [
    'a file, in place of a directory',
    [[file('a', '1'), dir('b'), file('b/x'), hardlink('b', 'a')]],
    ['a', 'b=a'],
  ],
  ['a file, in place of a symlink', [[file('a', '1'), symlink('b', 'a'), hardlink('b', 'a')]], ['a', 'b=a']],
  ['a file, then a file over the link', [[file('a', '1'), hardlink('b', 'a'), file('b', '2')]], ['a', 'b']],
  ['a file, then a file over it', [[file('a', '1'), hardlink('b', 'a'), file('a', '2')]], ['a', 'b']],
  ['a file whose name a later layer removes', [[file('a', '1'), hardlink('b', 'a')], [file('.wh.a')]], ['b']],
  [
    'a file, the link going where a symlink comes later',
    [[file('a', '1'), hardlink('d/h', 'a'), symlink('d', '/absent')]],
    ['a', 'd->/absent'],
  ],
];

/** Hard links that make no sense or lead outside; `V` is the victim. */
const REFUSED: readonly (readonly [string, Layers])[] = [
  ['outside, by dots', [[hardlink('h', '../victim/secret')]]],
  ['outside, from the root', [[hardlink('h', '/../victim/secret')]]],
  ['outside, by its absolute path', [[hardlink('h', 'V/secret')]]],
  ['outside, beside the root', [[hardlink('h', '../dest-evil/secret')]]],
  ['a file of the working directory', [[hardlink('h', 'package.json')]]],
  ['outside, behind a link', [[symlink('l', 'V'), hardlink('h', 'l/secret')]]],
  ['outside, behind a relative link', [[symlink('l', '../victim'), hardlink('h', 'l/secret')]]],
  ['outside, behind a link in a lower layer', [[symlink('l', 'V')], [hardlink('h', 'l/secret')]]],
  [
    'outside, behind two links',
    [
      [
        symlink('a/b/c/up', '../..'),
        symlink('a/b/esc', 'c/up/../../../victim'),
        hardlink('x', 'a/b/esc/secret'),
      ],
    ],
  ],
  ['a directory', [[dir('d'), hardlink('h', 'd')]]],
  ['the root', [[hardlink('h', '/')]]],
  ['nothing', [[hardlink('h', 'none')]]],
  ['itself, where nothing is', [[hardlink('h', 'h')]]],
  ['what comes later', [[hardlink('h', 'a'), file('a', '1')]]],
  ['what was removed', [[file('a', '1')], [file('.wh.a'), hardlink('h', 'a')]]],
  ['below a file', [[file('a', '1'), hardlink('h', 'a/b')]]],
  ['round in circles', [[symlink('l', 'l'), hardlink('h', 'l/x')]]],
  ['nowhere', [[hardlink('h', '')]]],
];

describe('a hard link to', () => {
  it.each(ACCEPTED)('%s is made', (_, layers, expected) => {
    using scene = new Scene();
    const before = scene.outside();
    expect(scene.unpack(layers)).toBeUndefined();
    expect(scene.outside()).toEqual(before);
    const disk = new DiskRoot(fromText(scene.root));
    expect(describeTree(disk)).toEqual([...expected]);
    const indexed = index(layers);
    if (indexed instanceof BuildError) throw indexed;
    expect(describeTree(indexed)).toEqual([...expected]);
  });

  it.each(REFUSED)('%s is refused', (_, layers) => {
    using scene = new Scene();
    const real = layers.map((layer) =>
      layer.map((entry) => ({ ...entry, link: (entry.link ?? '').replace('V', scene.victim) })),
    );
    const before = scene.outside();
    const error = scene.unpack(real);
    expect(error?.code).toBe('ARCHIVE');
    expect(scene.outside()).toEqual(before);
    expect(scene.leaks()).toEqual([]);
    expect(index(real)).toBeInstanceOf(BuildError);
  });
});

describe('a file that shares its inode with names outside the tree', () => {
  const overwrite: readonly (readonly [string, readonly RawEntry[]])[] = [
    ['a file', [file('a', 'new')]],
    ['a setuid file', [file('a', 'new', { mode: 0o4755 })]],
    ['a hard link', [file('b', 'new'), hardlink('a', 'b')]],
    ['a symlink', [symlink('a', 'b')]],
    ['a whiteout', [file('.wh.a')]],
    ['a hard link with other metadata', [hardlink('b', 'a', { mode: 0o777, uid: 7, mtime: 7 })]],
  ];
  it.each(overwrite)('is not changed by %s', async (_, upper) => {
    using scene = new Scene();
    const { linkSync } = await import('node:fs');
    scene.unpackLayer([file('a', 'kept', { mode: 0o640 })]);
    const kept = join(scene.victim, 'kept');
    linkSync(join(scene.root, 'a'), kept);
    const before = lstatSync(kept, { bigint: true });
    scene.unpackLayer(upper);
    const after = lstatSync(kept, { bigint: true });
    expect(readFileSync(kept, 'utf8')).toBe('kept');
    expect([after.mode, after.uid, after.size, after.mtimeNs]).toEqual([
      before.mode,
      before.uid,
      before.size,
      before.mtimeNs,
    ]);
  });
});
