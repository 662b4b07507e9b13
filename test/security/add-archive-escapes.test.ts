import { describe, expect, it } from 'vitest';
import { added, contextOf } from '../support/add-plan.ts';
import { archiveOf, type ArchiveRow } from '../support/archive-bytes.ts';
import { MemoryRoot, type NodeRow } from '../support/memory-root.ts';

/** The image an archive is unpacked into, below /opt/app; everything else must stay as it is. */
const IMAGE: readonly NodeRow[] = [
  ['/etc', 'd', 0o755, 0, 0, 1],
  ['/etc/passwd', 'f', 0o644, 0, 0, 1, 'root:x:0:0'],
  ['/opt', 'd', 0o755, 0, 0, 1],
  ['/opt/app', 'd', 0o755, 0, 0, 1],
  ['/opt/app/up', 'l', 0o777, 0, 0, 1, '../../etc'],
  ['/opt/app/abs', 'l', 0o777, 0, 0, 1, '/etc'],
  ['/opt/application', 'd', 0o755, 0, 0, 1],
];

async function unpack(...rows: readonly ArchiveRow[]): Promise<MemoryRoot> {
  const source = contextOf({ 'a.tar': archiveOf(...rows) });
  return added({ source, sources: ['a.tar'], destination: '/opt/app' }, MemoryRoot.of(IMAGE));
}

function outside(root: MemoryRoot): unknown[] {
  return [...root.nodes].filter(([path]) => !path.startsWith('/opt/app/')).sort();
}
const untouched = outside(MemoryRoot.of(IMAGE));

describe('ADD of an archive that tries to leave its destination', () => {
  it.each<[string, readonly ArchiveRow[]]>([
    ['..', [{ path: '..', type: 'directory' }]],
    ['../ before a name', [{ path: '../evil', content: 'x' }]],
    ['../ to a directory whose name begins alike', [{ path: '../application/evil', content: 'x' }]],
    ['/../ at the front', [{ path: '/../evil', content: 'x' }]],
    ['more .. than directories', [{ path: 'a/../../evil', content: 'x' }]],
    [
      'a link of its own',
      [
        { path: 'out', linkname: '../../etc' },
        { path: 'out/evil', content: 'x' },
      ],
    ],
    [
      'two links of its own',
      [
        { path: 'one', linkname: '..' },
        { path: 'two', linkname: 'one/..' },
        { path: 'two/evil', content: 'x' },
      ],
    ],
    ['a link of the image', [{ path: 'up/evil', content: 'x' }]],
    ['a directory entry over a link of the image', [{ path: 'up', type: 'directory', mode: 0o777 }]],
    ['a hard link to what lies outside', [{ path: 'h', type: 'hardlink', linkname: '../../etc/passwd' }]],
    ['a hard link through a link of the image', [{ path: 'h', type: 'hardlink', linkname: 'up/passwd' }]],
    [
      'links that go round in circles',
      [
        { path: 'l', linkname: 'l' },
        { path: 'l/evil', content: 'x' },
      ],
    ],
  ])('is refused: %s', async (_, rows) => {
    await expect(unpack(...rows)).rejects.toMatchObject({ code: 'ARCHIVE' });
  });

  it.each<[string, readonly ArchiveRow[], string]>([
    ['an absolute name', [{ path: '/etc/evil', content: 'x' }], '/opt/app/etc/evil'],
    [
      'an absolute link of its own',
      [
        { path: 'o', linkname: '/etc' },
        { path: 'o/evil', content: 'x' },
      ],
      '/opt/app/etc/evil',
    ],
    ['an absolute link of the image', [{ path: 'abs/evil', content: 'x' }], '/opt/app/etc/evil'],
    ['a link that is only stored', [{ path: 'evil', linkname: '../../../../etc/passwd' }], '/opt/app/evil'],
    ['a file in place of a link', [{ path: 'up', content: 'x' }], '/opt/app/up'],
    ['.. that stays inside', [{ path: 'a/../evil', content: 'x' }], '/opt/app/evil'],
    [
      'a link up and down again',
      [
        { path: 'a/l', linkname: '../b' },
        { path: 'a/l/evil', content: 'x' },
      ],
      '/opt/app/b/evil',
    ],
  ])('stays inside with %s', async (_, rows, path) => {
    const tree = await unpack(...rows);
    expect(tree.nodes.has(path)).toBe(true);
    expect(outside(tree)).toEqual(untouched);
  });

  it('does not touch the inode behind a link when a hard link names the link itself', async () => {
    const tree = await unpack({ path: 'h', type: 'hardlink', linkname: 'abs', mode: 0o777, uid: 5 });
    expect(tree.get('/opt/app/h')).toMatchObject({ type: 'symlink', linkname: '/etc', uid: 0 });
    expect(outside(tree)).toEqual(untouched);
  });

  it.each<[string, readonly ArchiveRow[]]>([
    ['a hard link to nothing', [{ path: 'h', type: 'hardlink', linkname: 'missing' }]],
    [
      'a hard link to what comes later',
      [
        { path: 'h', type: 'hardlink', linkname: 'f' },
        { path: 'f', content: 'x' },
      ],
    ],
    [
      'a hard link to a directory',
      [
        { path: 'd', type: 'directory' },
        { path: 'h', type: 'hardlink', linkname: 'd' },
      ],
    ],
    [
      'a file below a file',
      [
        { path: 'f', content: 'x' },
        { path: 'f/evil', content: 'x' },
      ],
    ],
    ['a name longer than any file system takes', [{ path: 'n'.repeat(256), content: 'x' }]],
  ])('is refused where it makes no sense: %s', async (_, rows) => {
    await expect(unpack(...rows)).rejects.toMatchObject({ code: 'ARCHIVE' });
  });

  it('takes the longest name a file system takes', async () => {
    const name = 'n'.repeat(255);
    expect((await unpack({ path: name, content: 'x' })).nodes.has(`/opt/app/${name}`)).toBe(true);
  });
});

describe('ADD of an archive whose entries would mean something else in a layer', () => {
  it.each<[string, ArchiveRow]>([
    ['a whiteout', { path: '.wh.passwd' }],
    ['an opaque marker', { path: 'd/.wh..wh..opq' }],
    ['the device that overlays mark deletions with', { path: 'passwd', type: 'char', device: [0, 0] }],
  ])('is refused: %s', async (_, row) => {
    await expect(unpack(row)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('is unpacked where the names only resemble that', async () => {
    const tree = await unpack(
      { path: '.whatever', content: 'x' },
      { path: 'a.wh.b', content: 'x' },
      { path: 'zero', type: 'char', device: [1, 5] },
    );
    for (const name of ['.whatever', 'a.wh.b', 'zero']) expect(tree.nodes.has(`/opt/app/${name}`)).toBe(true);
  });
});
