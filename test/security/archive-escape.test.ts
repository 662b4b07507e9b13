import { describe, expect, it } from 'vitest';
import { fromText } from '../../src/bytes/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { DiskRoot } from '../../src/rootfs/index.ts';
import { dir, fifo, file, hardlink, type RawEntry, symlink } from '../support/hostile-tar.ts';
import { describeTree, index, Scene } from '../support/hostile-tar-victims.ts';

/** `T` is the target of a link: a path outside the root in the attack, one inside in its legitimate twin. */
type Shape = (target: string) => RawEntry[];

const SHAPES: Readonly<Record<string, Shape>> = {
  'a file below a link': (t) => [symlink('l', t), file('l/x', 'evil')],
  'a file over a link': (t) => [symlink('l', t), file('l', 'evil')],
  'a directory over a link': (t) => [symlink('l', t), dir('l', { mode: 0o777 })],
  'a directory over a link, then a file in it': (t) => [symlink('l', t), dir('l'), file('l/x', 'evil')],
  'a directory below a link': (t) => [symlink('l', t), dir('l/inner', { mode: 0o777 })],
  'a file that is there, below a link': (t) => [symlink('l', t), file('l/program', 'evil', { mode: 0o4777 })],
  'a deep file below a link': (t) => [symlink('l', t), file('l/new/deep/x', 'evil')],
  'a link below a link': (t) => [symlink('l', t), symlink('l/x', '/absent/passwd')],
  'a fifo below a link': (t) => [symlink('l', t), fifo('l/x')],
  'a whiteout below a link': (t) => [symlink('l', t), file('l/.wh.secret')],
  'a whiteout of a directory below a link': (t) => [symlink('l', t), file('l/.wh.inner')],
  'an opaque mark below a link': (t) => [symlink('l', t), file('l/.wh..wh..opq')],
  'a directory that turns into a link': (t) => [dir('d'), symlink('d', t), file('d/x', 'evil')],
  'a directory that turns into a link, with a slash': (t) => [
    dir('d/'),
    symlink('d', t),
    file('d//x', 'evil'),
  ],
  'a file that turns into a link': (t) => [file('d', 'a'), symlink('d', t), file('d/x', 'evil')],
  'a directory with a time that turns into a link': (t) => [
    dir('d', { mtime: 5, mode: 0o777 }),
    symlink('d', t),
  ],
  'a parent that turns into a link': (t) => [dir('a'), dir('a/inner', { mtime: 5 }), symlink('a', t)],
  'two hops': (t) => [dir('i'), symlink('i/up', '..'), symlink('i/up/esc', t), file('i/up/esc/x', 'evil')],
  'a link through a link': (t) => [symlink('esc', '.'), symlink('abs', t), file('esc/abs/x', 'evil')],
  'a link in a deep directory': (t) => [dir('d'), symlink('d/loop', t), file('d/loop/new/f', 'evil')],
  'a link with a trailing slash': (t) => [symlink('l', `${t}/`), file('l/x', 'evil')],
  'a link to the file itself': (t) => [symlink('l', `${t}/program`), file('l', 'evil')],
  'a path below a link to a file': (t) => [symlink('l', `${t}/program`), file('l/x', 'evil')],
  'a dangling link to a new file': (t) => [symlink('l', `${t}/new`), file('l/x', 'evil')],
  'a hard link to the link, then a file over it': (t) => [
    symlink('l', t),
    hardlink('h', 'l'),
    file('h', 'evil'),
  ],
  'a hard link to the link, then a file below it': (t) => [
    symlink('l', t),
    hardlink('h', 'l'),
    file('h/x', 'evil'),
  ],
  'twenty chained links': (t) => [
    symlink('l0', t),
    ...Array.from({ length: 20 }, (_, n) => symlink(`l${n + 1}`, `l${n}`)),
    file('l20/x', 'evil'),
  ],
};

/** Ways to write the same place outside. */
function targets(victim: string): string[] {
  return [
    victim,
    '../victim',
    `../../../../../../../../../../../../..${victim}`,
    `/..//../..${victim}`,
    './/.././victim',
    '../dest-evil',
  ];
}

const SPLITS = [0, 1, 2];

function layersOf(entries: readonly RawEntry[], split: number): RawEntry[][] {
  return split === 0 ? [[...entries]] : [entries.slice(0, split), entries.slice(split)];
}

function expectContained(scene: Scene, layers: readonly (readonly RawEntry[])[]): BuildError | undefined {
  const before = scene.outside();
  const error = scene.unpack(layers);
  expect(scene.outside()).toEqual(before);
  expect(scene.leaks()).toEqual([]);
  const indexed = index(layers);
  if (error === undefined) {
    expect(indexed).not.toBeInstanceOf(BuildError);
    if (!(indexed instanceof BuildError)) {
      expect(describeTree(indexed)).toEqual(describeTree(new DiskRoot(fromText(scene.root))));
    }
  } else {
    expect(error.code).toBe('ARCHIVE');
    expect(indexed).toBeInstanceOf(BuildError);
  }
  return error;
}

describe.each(Object.entries(SHAPES))('%s', (_, shape) => {
  it.each([0, 1, 2, 3, 4, 5])('stays inside the root: target %i, in one layer and in two', (n) => {
    for (const split of SPLITS) {
      using scene = new Scene();
      expectContained(scene, layersOf(shape(targets(scene.victim)[n] ?? ''), split));
    }
  });

  it.each(['/inside', 'inside', '../../../inside', './inside/.', '/../inside'])(
    'is fine for a link to %s',
    (t) => {
      for (const split of SPLITS) {
        using scene = new Scene();
        scene.unpackLayer([
          dir('inside'),
          file('inside/program', 'old'),
          file('inside/secret', 'old'),
          dir('inside/inner'),
        ]);
        expect(scene.unpack(layersOf(shape(t), split))).toBeUndefined();
      }
    },
  );
});

const REFUSED_NAMES = [
  '../victim/x',
  '/../victim/x',
  '..',
  '../',
  'a/../../victim/x',
  './../victim/x',
  'a/b/../../../victim/x',
  'foo/..//../victim/x',
  '../dest-evil/x',
  '../dest',
  'a/../..',
  '/..',
  '//..//victim',
  '../.wh.victim',
  '../victim/.wh.secret',
  '../victim/.wh..wh..opq',
  'a/../../.wh.victim',
];

describe.each(REFUSED_NAMES)('the name %s', (name) => {
  const entries: Readonly<Record<string, RawEntry>> = {
    file: file(name, 'evil'),
    directory: dir(name, { mode: 0o777 }),
    symlink: symlink(name, '/absent'),
    fifo: fifo(name),
    'file named by PAX': file('harmless', 'evil', { pax: { path: name } }),
  };
  it.each(Object.entries(entries))('is refused for a %s', (_, entry) => {
    using scene = new Scene();
    const error = expectContained(scene, [[entry]]);
    expect(error?.code).toBe('ARCHIVE');
    expect(error?.message).toContain(JSON.stringify(name.replace(/\/+$/, '')).slice(1, -1));
  });
});

describe.each(['', '.', '/', './', '/.', 'a/..', '//'])('the root, written %j,', (name) => {
  it('is never replaced by anything but a directory', () => {
    for (const entry of [symlink(name, '/absent'), file(name, 'x'), hardlink(name, 'a'), fifo(name)]) {
      using scene = new Scene();
      const layers = [
        [file('a', '1'), { ...entry, pax: { path: name === '' ? '.' : name } }],
        [file('x', '2')],
      ];
      expect(expectContained(scene, layers)?.code).toBe('ARCHIVE');
    }
  });

  it('may be a directory', () => {
    using scene = new Scene();
    expect(
      expectContained(scene, [[dir(name === '' ? '.' : name, { mode: 0o711 }), file('x', '1')]]),
    ).toBeUndefined();
  });
});

describe('names that look odd and are not', () => {
  it.each([
    ['/usr/bin/x', 'usr/bin/x'],
    ['./usr/bin/x', 'usr/bin/x'],
    ['usr//bin/./x', 'usr/bin/x'],
    ['a/../usr/bin/x', 'usr/bin/x'],
    ['...', '...'],
    ['..a/b..', '..a/b..'],
    ['C:\\x', 'C:\\x'],
    ['-rf', '-rf'],
    ["a'b c\n$(x)", "a'b c\n$(x)"],
  ])('%j is put to %j', (name, path) => {
    using scene = new Scene();
    expect(expectContained(scene, [[file(name, '1')]])).toBeUndefined();
    expect(describeTree(new DiskRoot(fromText(scene.root)))).toContain(path);
  });
});

describe('links that lead nowhere', () => {
  const loops: readonly (readonly RawEntry[])[] = [
    [symlink('a', 'a'), file('a/x')],
    [symlink('a', 'b'), symlink('b', 'a'), file('a/x')],
    [symlink('a', './a/b'), file('a/x')],
    [...Array.from({ length: 45 }, (_, n) => symlink(`l${n + 1}`, `l${n}`)), file('l45/x')],
  ];
  it.each(loops.map((entries) => [entries]))('are refused as a way, not as a link', (entries) => {
    using scene = new Scene();
    expect(expectContained(scene, [[...entries]])?.code).toBe('ARCHIVE');
    using twin = new Scene();
    expect(expectContained(twin, [entries.slice(0, -1)])).toBeUndefined();
  });

  it('are not an escape when the expanded path is longer than the kernel takes', () => {
    const long = 'd'.repeat(247);
    const entries: RawEntry[] = [];
    let real = '';
    for (let n = 0; n < 16; n++) {
      entries.push(dir(`${real}${long}`), symlink(`${real}s`, long));
      real += 's/';
    }
    const up = '../'.repeat(16);
    for (const target of [`${up}../victim`, `${real}${up}../victim`]) {
      using scene = new Scene();
      const error = expectContained(scene, [[...entries, symlink('esc', target), file('esc/x', 'evil')]]);
      expect([undefined, 'ARCHIVE']).toContain(error?.code);
    }
  });

  it.each([
    ['a name of 256 bytes', file('n'.repeat(256))],
    ['a path of 5000 bytes', file('d/'.repeat(2500))],
    ['a link target of 5000 bytes', symlink('l', 'd/'.repeat(2500))],
  ])('%s is refused', (_, entry) => {
    using scene = new Scene();
    const before = scene.outside();
    expect(scene.unpack([[entry]])?.code).toBe('ARCHIVE');
    expect(scene.outside()).toEqual(before);
  });

  it('a name of 255 bytes is fine', () => {
    using scene = new Scene();
    expect(expectContained(scene, [[file('n'.repeat(255), '1')]])).toBeUndefined();
  });
});
