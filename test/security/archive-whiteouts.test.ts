import { expect, describe, it } from 'vitest';
import { fromText } from '../../src/bytes/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { DiskRoot } from '../../src/rootfs/index.ts';
import { dir, file, hardlink, type RawEntry, symlink } from '../support/hostile-tar.ts';
import { describeTree, index, Scene } from '../support/hostile-tar-victims.ts';

const LOWER = [dir('d'), file('d/a', '1'), file('d/b', '1'), dir('d/e'), file('d/e/x', '1'), file('f', '1')];
const wh = (name: string, data = ''): RawEntry => file(name, data);

/** What the case is, the upper layer, and the tree after it over LOWER. */
const CASES: readonly (readonly [string, readonly RawEntry[], readonly string[]])[] = [
  ['a file', [wh('.wh.f')], ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x']],
  ['a file in a directory', [wh('d/.wh.a')], ['d/', 'd/b', 'd/e/', 'd/e/x', 'f']],
  ['a directory', [wh('.wh.d')], ['f']],
  ['what is not there', [wh('.wh.none'), wh('d/.wh.none')], ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f']],
  ['below what is not there', [wh('none/.wh.a')], ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f']],
  ['below a file', [wh('f/.wh.a')], ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f']],
  ['the same twice', [wh('.wh.d'), wh('.wh.d')], ['f']],
  ['a file that comes after it', [wh('.wh.f'), file('f', '2')], ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f']],
  ['a file that came before it', [file('f', '2'), wh('.wh.f')], ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f']],
  ['a directory that comes anew', [wh('.wh.d'), dir('d'), file('d/n', '2')], ['d/', 'd/n', 'f']],
  ['a directory that came anew', [dir('d'), file('d/n', '2'), wh('.wh.d')], ['d/', 'd/n', 'f']],
  ['the parent of a file of the same layer', [file('d/e/n', '2'), wh('.wh.d')], ['d/', 'd/e/', 'd/e/n', 'f']],
  ['the parent of a file that follows', [wh('.wh.d'), file('d/e/n', '2')], ['d/', 'd/e/', 'd/e/n', 'f']],
  ['all in a directory', [wh('d/.wh..wh..opq')], ['d/', 'f']],
  ['all in a directory, then a file', [wh('d/.wh..wh..opq'), file('d/n', '2')], ['d/', 'd/n', 'f']],
  ['all in a directory, at the end', [file('d/n', '2'), wh('d/.wh..wh..opq')], ['d/', 'd/n', 'f']],
  ['all but a file that came again', [file('d/a', '2'), wh('d/.wh..wh..opq')], ['d/', 'd/a', 'f']],
  [
    'all in a directory, twice',
    [wh('d/.wh..wh..opq'), file('d/n', '2'), wh('d/.wh..wh..opq')],
    ['d/', 'd/n', 'f'],
  ],
  ['all but a deep file', [file('d/e/n', '2'), wh('d/.wh..wh..opq')], ['d/', 'd/e/', 'd/e/n', 'f']],
  ['all in the root', [wh('.wh..wh..opq')], []],
  ['all in the root but what is new', [file('n', '2'), wh('./.wh..wh..opq')], ['n']],
  ['all in what is no directory', [wh('f/.wh..wh..opq')], ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f']],
  ['all in what is not there', [wh('none/.wh..wh..opq')], ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f']],
  [
    'all in a new directory',
    [dir('n'), wh('n/.wh..wh..opq'), file('n/x')],
    ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f', 'n/', 'n/x'],
  ],
  ['by a directory entry', [dir('.wh.d')], ['f']],
  ['by a symlink entry', [symlink('.wh.d', '/absent')], ['f']],
  ['by a hard link entry', [hardlink('.wh.d', 'none')], ['f']],
  ['by an entry with content', [wh('.wh.d', 'content')], ['f']],
  ['a directory that becomes a file', [wh('.wh.d'), file('d', '2')], ['d', 'f']],
  ['a directory that becomes a link', [wh('.wh.d'), symlink('d', 'f')], ['d->f', 'f']],
  [
    'a file that becomes a directory',
    [wh('.wh.f'), dir('f'), file('f/x')],
    ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f/', 'f/x'],
  ],
  [
    'what aufs left behind',
    [dir('.wh..wh.plnk'), wh('.wh..wh.aufs'), wh('.wh..wh.plnk/9.9')],
    ['d/', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f'],
  ],
  ['a name from dots', [wh('d/./e/../.wh.a')], ['d/', 'd/b', 'd/e/', 'd/e/x', 'f']],
  [
    'names that only look like it',
    [file('.whx'), file('d/.wh'), file('x.wh.y')],
    ['.whx', 'd/', 'd/.wh', 'd/a', 'd/b', 'd/e/', 'd/e/x', 'f', 'x.wh.y'],
  ],
];

describe('a whiteout of', () => {
  it.each(CASES)('%s', (_, upper, expected) => {
    using scene = new Scene();
    const before = scene.outside();
    expect(scene.unpack([LOWER, upper])).toBeUndefined();
    expect(scene.outside()).toEqual(before);
    const disk = new DiskRoot(fromText(scene.root));
    expect(describeTree(disk)).toEqual([...expected].sort());
    const indexed = index([LOWER, upper]);
    if (indexed instanceof BuildError) throw indexed;
    expect(describeTree(indexed)).toEqual(describeTree(disk));
  });
});

/** Lower layer, upper layer, tree. `V` in a link is the victim outside. */
const THROUGH_LINKS: readonly (readonly [
  string,
  readonly RawEntry[],
  readonly RawEntry[],
  readonly string[],
])[] = [
  [
    'removes the link, not its target',
    [dir('d'), file('d/x'), symlink('l', 'd')],
    [wh('.wh.l')],
    ['d/', 'd/x'],
  ],
  [
    'follows a link inside the root',
    [dir('d'), file('d/x'), symlink('l', 'd')],
    [wh('l/.wh.x')],
    ['d/', 'l->d'],
  ],
  [
    'empties the directory behind a link',
    [dir('d'), file('d/x'), symlink('l', '/d')],
    [wh('l/.wh..wh..opq')],
    ['d/', 'l->/d'],
  ],
  ['removes a link that leads outside', [symlink('l', 'V')], [wh('.wh.l')], []],
  ['removes nothing behind a link that leads outside', [symlink('l', 'V')], [wh('l/.wh.secret')], ['l->V']],
  ['empties nothing behind a link that leads outside', [symlink('l', 'V')], [wh('l/.wh..wh..opq')], ['l->V']],
  [
    'removes a tree with links that lead outside',
    [dir('d'), symlink('d/l', 'V'), symlink('d/m', '..')],
    [wh('.wh.d')],
    [],
  ],
  [
    'empties a tree with links that lead outside',
    [dir('d'), symlink('d/l', 'V'), dir('d/e'), symlink('d/e/m', 'V')],
    [wh('d/.wh..wh..opq')],
    ['d/'],
  ],
];

describe('a whiteout', () => {
  it.each(THROUGH_LINKS)('%s', (_, lower, upper, expected) => {
    using scene = new Scene();
    const real = lower.map((entry) => (entry.link === 'V' ? { ...entry, link: scene.victim } : entry));
    const before = scene.outside();
    expect(scene.unpack([real, upper])).toBeUndefined();
    expect(scene.outside()).toEqual(before);
    const shown = describeTree(new DiskRoot(fromText(scene.root)));
    expect(shown).toEqual(expected.map((line) => line.replace('V', scene.victim)));
  });

  it.each([
    '.wh.',
    '.wh..',
    '.wh...',
    'd/.wh.',
    'd/.wh..',
    'd/.wh...',
    '.wh.d/f',
    'd/.wh.e/x',
    '../.wh.d',
    '..//d/../.wh.d',
  ])('called %s is refused', (name) => {
    using scene = new Scene();
    const before = scene.outside();
    expect(scene.unpack([LOWER, [wh(name)]])?.code).toBe('ARCHIVE');
    expect(scene.outside()).toEqual(before);
    expect(describeTree(new DiskRoot(fromText(scene.root)))).toHaveLength(6);
    expect(index([LOWER, [wh(name)]])).toBeInstanceOf(BuildError);
  });
});
