import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromText, toBytes, fromBytes } from '../../src/bytes/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { DiskRoot } from '../../src/rootfs/index.ts';
import { dir, fifo, file, type RawEntry, symlink, utf8 } from '../support/hostile-tar.ts';
import { describeTree, index, Scene } from '../support/hostile-tar-victims.ts';

/** Entries of one name after the other: the last wins, directories merge, parents that are none are replaced. */
const SEQUENCES: readonly (readonly [string, readonly RawEntry[], readonly string[]])[] = [
  ['file, file', [file('x', '11'), file('x', '2')], ['x']],
  ['file, directory', [file('x', '1'), dir('x'), file('x/y')], ['x/', 'x/y']],
  ['directory, file', [dir('x'), file('x/y'), file('x', '1')], ['x']],
  [
    'directory, file, directory',
    [dir('x'), file('x/y'), file('x', '1'), dir('x'), file('x/z')],
    ['x/', 'x/z'],
  ],
  ['directory, directory', [dir('x'), file('x/y'), dir('x'), file('x/z')], ['x/', 'x/y', 'x/z']],
  ['directory, symlink', [dir('x'), file('x/y'), symlink('x', 'none')], ['x->none']],
  ['symlink, directory', [symlink('x', '/absent'), dir('x'), file('x/y')], ['x/', 'x/y']],
  ['symlink, symlink', [symlink('x', 'a'), symlink('x', 'b')], ['x->b']],
  ['symlink, file', [file('a', '1'), symlink('x', 'a'), file('x', '2')], ['a', 'x']],
  ['file, symlink', [file('x', '1'), symlink('x', 'a')], ['x->a']],
  ['fifo, file', [fifo('x'), file('x', '1')], ['x']],
  ['file, fifo', [file('x', '1'), fifo('x')], ['x|']],
  ['fifo, directory', [fifo('x'), dir('x'), file('x/y')], ['x/', 'x/y']],
  ['directory, fifo', [dir('x'), file('x/y'), fifo('x')], ['x|']],
  ['fifo, fifo', [fifo('x'), fifo('x')], ['x|']],
  ['a file as a parent', [file('x', '1'), file('x/y', '2')], ['x/', 'x/y']],
  ['a fifo as a parent', [fifo('x'), file('x/y', '2')], ['x/', 'x/y']],
  [
    'a link to a file as a parent',
    [file('a', '1'), symlink('x', 'a'), file('x/y', '2')],
    ['a/', 'a/y', 'x->a'],
  ],
  [
    'a directory that becomes a link to its sibling',
    [dir('a'), dir('b'), file('a/y'), symlink('a', 'b'), file('a/z')],
    ['a->b', 'b/', 'b/z'],
  ],
  [
    'a parent replaced between its children',
    [file('x/d/a'), file('x', '1'), file('x/d/b')],
    ['x/', 'x/d/', 'x/d/b'],
  ],
  [
    'a link replaced between what goes through it',
    [dir('a'), dir('b'), symlink('l', 'a'), file('l/1'), symlink('l', 'b'), file('l/2')],
    ['a/', 'a/1', 'b/', 'b/2', 'l->b'],
  ],
  [
    'names that differ in case or normal form',
    [dir('D'), symlink('d', 'D'), file('d/x'), file(utf8('\u00e9')), file(utf8('e\u0301'))],
    ['D/', 'D/x', 'd->D', utf8('\u00e9'), utf8('e\u0301')],
  ],
];

describe('a sequence of', () => {
  it.each(SEQUENCES)('%s has one outcome, in one layer and in many', (_, entries, expected) => {
    for (const layers of [[entries], entries.map((entry) => [entry])]) {
      using scene = new Scene();
      const before = scene.outside();
      expect(scene.unpack(layers)).toBeUndefined();
      expect(scene.outside()).toEqual(before);
      expect(describeTree(new DiskRoot(fromText(scene.root)))).toEqual([...expected].sort());
      const indexed = index(layers);
      if (indexed instanceof BuildError) throw indexed;
      expect(describeTree(indexed)).toEqual([...expected].sort());
    }
  });

  it("files of one name leaves the last one's content, not a mixture", () => {
    using scene = new Scene();
    scene.unpackLayer([file('x', 'a long content'), file('x', 'short')]);
    expect(readFileSync(join(scene.root, 'x'), 'utf8')).toBe('short');
  });
});

/** Layers of real images look like this, and none of it is an attack. */
const TWINS: readonly (readonly [string, readonly (readonly RawEntry[])[], readonly string[]])[] = [
  [
    '/var/run',
    [[dir('runtime'), symlink('var/run', '/runtime')], [file('var/run/x/f', '1')]],
    ['runtime/', 'runtime/x/', 'runtime/x/f', 'var/', 'var/run->/runtime'],
  ],
  [
    'merged /usr',
    [[dir('usr/lib'), symlink('lib', 'usr/lib')], [file('lib/a.so', '1')]],
    ['lib->usr/lib', 'usr/', 'usr/lib/', 'usr/lib/a.so'],
  ],
  [
    'far too many dots',
    [[symlink('cacerts', '../../../../../../../../etc/pki/java')]],
    ['cacerts->../../../../../../../../etc/pki/java'],
  ],
  [
    'a link to nowhere',
    [[symlink('etc/mtab', '../proc/self/mounts')]],
    ['etc/', 'etc/mtab->../proc/self/mounts'],
  ],
  ['a link to itself', [[symlink('l', 'l')]], ['l->l']],
  ['an empty layer', [[]], []],
  ['parents that are missing', [[file('a/b/c/d', '1')]], ['a/', 'a/b/', 'a/b/c/', 'a/b/c/d']],
  ['a root entry', [[dir('./'), dir('./a'), file('./a/b')]], ['a/', 'a/b']],
  ['absolute names', [[dir('/a'), file('/a/b')]], ['a/', 'a/b']],
  [
    'directories nobody may enter',
    [[dir('a', { mode: 0 }), dir('a/b', { mode: 0o555 })], [file('a/b/c', '1')]],
    ['a/', 'a/b/', 'a/b/c'],
  ],
];

describe('a layer with', () => {
  it.each(TWINS)('%s is taken as it is', (_, layers, expected) => {
    using scene = new Scene();
    expect(scene.unpack(layers)).toBeUndefined();
    const indexed = index(layers);
    if (indexed instanceof BuildError) throw indexed;
    expect(describeTree(indexed)).toEqual([...expected]);
    // Only root reads directories of mode 0000.
    if (layers.flat().every(({ mode }) => mode !== 0) || process.geteuid?.() === 0) {
      expect(describeTree(new DiskRoot(fromText(scene.root)))).toEqual([...expected]);
    }
  });
});

describe('names', () => {
  it.each([
    '\xff\xfe',
    'caf\xe9',
    'a\\b',
    'C:x',
    'a\tb',
    'a\nb',
    '\x01',
    ' ',
    "'",
    '"',
    '$(x)',
    '*',
    '\x7f',
    utf8('日本'),
    '~',
  ])('%j stays the bytes it is', (name) => {
    using scene = new Scene();
    scene.unpackLayer([file(name, '1'), fifo(`${name}p`), symlink(`${name}l`, name)]);
    const names = new DiskRoot(fromText(scene.root)).readdir(fromText('/'));
    expect(names).toEqual([name, `${name}l`, `${name}p`].sort());
    expect(fromBytes(toBytes(names[0] ?? fromText('')))).toBe(name);
  });
});
