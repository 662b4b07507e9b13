import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { downloadedFile, heredocFile, planAdd } from '../../../src/copy/index.ts';
import { added, contextOf, listing, NOW, temporaryDirectory } from '../../support/add-plan.ts';
import { archiveOf } from '../../support/archive-bytes.ts';
import { MemoryRoot } from '../../support/memory-root.ts';

const small = archiveOf(
  { path: 'd', type: 'directory', mode: 0o2750, uid: 7, gid: 8, seconds: 11 },
  { path: 'd/f', mode: 0o4755, uid: 9, gid: 10, seconds: 12, content: 'text' },
);
const SMALL = ['/d directory 2750 7:8 11', '/d/f file 4755 9:10 12 text'];

function compressedBy(program: string, bytes: Uint8Array): Buffer {
  return execFileSync(program, ['-c'], { input: bytes });
}

describe('planAdd: what is an archive', () => {
  it.each([
    ['tar', small],
    ['gzip', gzipSync(small)],
    ['gzip in two members', Buffer.concat([gzipSync(small.subarray(0, 700)), gzipSync(small.subarray(700))])],
    ['zstd', zstdCompressSync(small)],
    [
      'zstd in two frames',
      Buffer.concat([zstdCompressSync(small.subarray(0, 700)), zstdCompressSync(small.subarray(700))]),
    ],
    ['bzip2', compressedBy('bzip2', small)],
    ['xz', compressedBy('xz', small)],
  ])('unpacks %s whatever its name', async (_, bytes) => {
    expect(
      listing(await added({ source: contextOf({ 'notes.txt': bytes }), sources: ['notes.txt'] })),
    ).toEqual(SMALL);
  });

  it.each([
    ['text', Buffer.from('hello')],
    ['a compressed file that is no tar', gzipSync('hello')],
    ['an archive without entries', Buffer.alloc(10240)],
    [
      'a header with a wrong checksum',
      Buffer.concat([small.subarray(0, 5), Buffer.from('!'), small.subarray(6)]),
    ],
    ['something that only begins like gzip', Buffer.from([0x1f, 0x8b, 0x08, 0xff, 1, 2, 3])],
    [
      'something that only begins like xz',
      Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
    ],
    ['something that only begins like bzip2', Buffer.from('BZh9 is a file name')],
    ['nothing', Buffer.alloc(0)],
  ])('copies %s', async (_, bytes) => {
    const tree = await added({
      source: contextOf({ 'a.tar.gz': bytes }),
      sources: ['a.tar.gz'],
      destination: '/to/',
    });
    expect(tree.get('/to/a.tar.gz').type).toBe('file');
    expect(tree.get('/to/a.tar.gz').size).toBe(bytes.length);
  });

  it('unpacks what wildcards find and what links lead to, and copies directories', async () => {
    const source = contextOf({ 'one.tar': small, 'two.txt': Buffer.from('2') }, [
      ['/link', 'l', 0o777, 0, 0, 1, 'one.tar'],
      ['/dir', 'd', 0o700, 0, 0, 1],
      ['/dir/in.txt', 'f', 0o600, 0, 0, 1, ''],
    ]);
    const tree = await added({ source, sources: ['o*.tar'], destination: '/a/' });
    expect([...tree.nodes.keys()].sort()).toEqual(['/', '/a', '/a/d', '/a/d/f']);
    const linked = await added({ source, sources: ['link', 'two.txt', 'dir'], destination: '/b/' });
    expect([...linked.nodes.keys()].sort()).toEqual(['/', '/b', '/b/d', '/b/d/f', '/b/in.txt', '/b/two.txt']);
  });

  it('copies archives with --unpack=false', async () => {
    const tree = await added({ source: contextOf({ 'a.tar': small }), sources: ['a.tar'], unpack: false });
    expect([...tree.nodes.keys()].sort()).toEqual(['/', '/a.tar']);
  });

  it('unpacks downloads only when asked to, in the order of the sources', async () => {
    const directory = temporaryDirectory();
    writeFileSync(`${directory}/x`, small);
    const url = 'https://example.com/x.tar';
    const download = {
      path: fromText(`${directory}/x`),
      name: 'x.tar',
      size: small.length,
      lastModified: 77,
    };
    const request = {
      source: contextOf({ 'x.tar': Buffer.from('local') }),
      sources: [url, 'x.tar'],
      destination: '/to/',
      downloads: new Map([[url, downloadedFile(download)]]),
    };
    expect((await added({ ...request, sources: [url] })).get('/to/x.tar')).toMatchObject({
      mode: 0o600,
      mtimeNs: 77_000_000_000n,
      size: small.length,
    });
    expect((await added(request)).get('/to/x.tar').size).toBe(0x5);
    const unpacked = await added({ ...request, unpack: true });
    expect([...unpacked.nodes.keys()].sort()).toEqual(['/', '/to', '/to/d', '/to/d/f', '/to/x.tar']);
  });

  it('never unpacks a heredoc', async () => {
    const files = [heredocFile('here', small.toString('latin1'), NOW)];
    const tree = await added({
      source: contextOf({}),
      sources: [],
      files,
      unpack: true,
      destination: '/to/',
    });
    expect([...tree.nodes.keys()].sort()).toEqual(['/', '/to', '/to/here']);
  });

  it('follows no link that took the place of a file meanwhile', async () => {
    const link = `${temporaryDirectory()}/link`;
    symlinkSync('/etc/passwd', link);
    const context = contextOf({ 'a.tar': small });
    const swapped = { ...context, content: () => ({ kind: 'file' as const, path: fromText(link) }) };
    await expect(added({ source: swapped, sources: ['a.tar'] })).rejects.toMatchObject({
      code: 'CONTEXT',
      message: `cannot open ${link}: ELOOP`,
    });
  });
});

describe('planAdd: where entries go', () => {
  it('makes a missing destination with the owner of --chown and mode 0755, with or without a slash', async () => {
    for (const destination of ['/new/place', '/new/place/']) {
      const request = { source: contextOf({ 'a.tar': small }), sources: ['a.tar'], destination };
      expect(listing(await added({ ...request, owner: '33:44', chmod: '0711' }))).toEqual([
        '/new directory 755 33:44 5000',
        '/new/place directory 755 33:44 5000',
        '/new/place/d directory 2750 33:44 11',
        '/new/place/d/f file 4755 33:44 12 text',
      ]);
    }
  });

  it('counts relative destinations from the working directory', async () => {
    const tree = await added({
      source: contextOf({ 'a.tar': small }),
      sources: ['a.tar'],
      destination: 'x',
      workdir: '/w',
    });
    expect([...tree.nodes.keys()].sort()).toEqual(['/', '/w', '/w/x', '/w/x/d', '/w/x/d/f']);
  });

  it("leaves the destination as it is, whatever the archive's root entry says", async () => {
    const target = MemoryRoot.of([['/have', 'd', 0o700, 5, 6, 100]]);
    const bytes = archiveOf(
      { path: './', type: 'directory', mode: 0o777, uid: 1 },
      { path: './a', content: 'A' },
    );
    const rootFile = archiveOf({ path: '.', content: 'no directory' }, { path: 'a', content: 'A' });
    for (const archive of [bytes, rootFile]) {
      const tree = await added(
        { source: contextOf({ a: archive }), sources: ['a'], destination: '/have' },
        target,
      );
      expect(listing(tree)).toEqual(['/have directory 700 5:6 100', '/have/a file 644 0:0 1000 A']);
    }
  });

  it('gives directories the archive only implies to root', async () => {
    const bytes = archiveOf({ path: 'a/b/f', uid: 5, content: '1' });
    const tree = await added({ source: contextOf({ a: bytes }), sources: ['a'], owner: '9:9' });
    expect(listing(tree)).toEqual([
      '/a directory 755 0:0 5000',
      '/a/b directory 755 0:0 5000',
      '/a/b/f file 644 9:9 1000 1',
    ]);
  });

  it('takes leading slashes and inner .. as part of the way', async () => {
    const bytes = archiveOf({ path: '/abs', content: '1' }, { path: 'x/../y', content: '2' });
    const tree = await added({ source: contextOf({ a: bytes }), sources: ['a'], destination: '/d' });
    expect([...tree.nodes.keys()].sort()).toEqual(['/', '/d', '/d/abs', '/d/y']);
  });

  it('follows links of the image to directories, and keeps them where the archive has a directory of that name', async () => {
    const target = MemoryRoot.of([
      ['/usr', 'd', 0o755, 0, 0, 1],
      ['/usr/lib', 'd', 0o755, 0, 0, 1],
      ['/lib', 'l', 0o777, 0, 0, 1, 'usr/lib'],
    ]);
    const bytes = archiveOf(
      { path: 'lib', type: 'directory', mode: 0o700 },
      { path: 'lib/so', content: 'S' },
    );
    const tree = await added({ source: contextOf({ a: bytes }), sources: ['a'] }, target);
    expect(listing(tree)).toEqual([
      '/lib symlink 777 0:0 1 usr/lib',
      '/usr directory 755 0:0 1',
      '/usr/lib directory 700 0:0 1000',
      '/usr/lib/so file 644 0:0 1000 S',
    ]);
  });

  it('replaces files, links and whole directories by what the archive has of that name', async () => {
    const target = MemoryRoot.of([
      ['/f', 'f', 0o600, 1, 1, 1, 'old'],
      ['/l', 'l', 0o777, 1, 1, 1, 'f'],
      ['/d', 'd', 0o700, 1, 1, 1],
      ['/d/in', 'f', 0o600, 1, 1, 1, 'old'],
      ['/keep', 'd', 0o700, 1, 1, 1],
      ['/keep/in', 'f', 0o600, 1, 1, 1, 'old'],
    ]);
    const bytes = archiveOf(
      { path: 'f', type: 'directory', mode: 0o755 },
      { path: 'l', content: 'new' },
      { path: 'd', content: 'file' },
      { path: 'keep', type: 'directory', mode: 0o755, uid: 3 },
    );
    expect(listing(await added({ source: contextOf({ a: bytes }), sources: ['a'] }, target))).toEqual([
      '/d file 644 0:0 1000 file',
      '/f directory 755 0:0 1000',
      '/keep directory 755 3:0 1000',
      '/keep/in file 600 1:1 1 old',
      '/l file 644 0:0 1000 new',
    ]);
  });

  it('lets the last entry of a name win', async () => {
    const bytes = archiveOf(
      { path: 'a', content: 'first' },
      { path: 'a', linkname: 'b' },
      { path: 'a', content: 'last' },
      { path: 'd', type: 'directory' },
      { path: 'd/x', content: 'x' },
      { path: 'd', linkname: 'a' },
    );
    expect(listing(await added({ source: contextOf({ a: bytes }), sources: ['a'] }))).toEqual([
      '/a file 644 0:0 1000 last',
      '/d symlink 644 0:0 1000 a',
    ]);
  });
});

describe('planAdd: what entries become', () => {
  it('keeps hard links, with what was said of them last', async () => {
    const bytes = archiveOf(
      { path: 'a', content: 'one', mode: 0o600 },
      { path: 'b', type: 'hardlink', linkname: 'a', mode: 0o640, uid: 4 },
      { path: 'sym', linkname: 'a' },
      { path: 'sym2', type: 'hardlink', linkname: './sym', mode: 0o777 },
    );
    const members = await planAdd({
      source: contextOf({ a: bytes }),
      sources: ['a'],
      target: new MemoryRoot(),
      destination: '/',
      workdir: '/',
      isContext: true,
      now: NOW,
      spillDirectory: fromText(temporaryDirectory()),
    });
    expect(
      members.map(({ path, type, linkname, mode, uid, size }) => [path, type, linkname, mode, uid, size]),
    ).toEqual([
      ['a', 'file', '', 0o640, 4, 3],
      ['b', 'hardlink', 'a', 0o640, 4, 0],
      ['sym', 'symlink', 'a', 0o644, 0, 0],
      ['sym2', 'hardlink', 'sym', 0o644, 0, 0],
    ]);
  });

  it('takes a file of the image into the layer when the archive links to it', async () => {
    const target = MemoryRoot.of([['/base', 'f', 0o600, 1, 2, 3, 'of the image']]);
    const bytes = archiveOf({ path: 'new', type: 'hardlink', linkname: '/base', mode: 0o644 });
    const tree = await added({ source: contextOf({ a: bytes }), sources: ['a'] }, target);
    expect(listing(tree)).toEqual([
      '/base file 644 0:0 1000 of the image',
      '/new file 644 0:0 1000 of the image',
    ]);
    expect(tree.get('/new').linkGroup).toBe(tree.get('/base').linkGroup);
  });

  it('keeps devices and fifos, file capabilities and no other attributes', async () => {
    const xattrs = new Map([
      ['security.capability', Buffer.from([1, 0, 2])],
      ['user.note', Buffer.from('x')],
    ]);
    const bytes = archiveOf(
      { path: 'null', type: 'char', device: [1, 3], mode: 0o666 },
      { path: 'pipe', type: 'fifo' },
      { path: 'tool', mode: 0o755, content: 't', xattrs },
      { path: 'empty', mode: 0o755, xattrs },
    );
    const tree = await added({ source: contextOf({ a: bytes }), sources: ['a'] });
    expect(tree.get('/null')).toMatchObject({ type: 'char', devMajor: 1, devMinor: 3 });
    expect(tree.get('/pipe').type).toBe('fifo');
    for (const path of ['/tool', '/empty'])
      expect(tree.get(path).xattrs).toEqual(new Map([['security.capability', Buffer.from([1, 0, 2])]]));
  });

  it('stores times in whole seconds, none before 1970', async () => {
    const bytes = archiveOf(
      { path: 'old', seconds: -5, content: 'x' },
      { path: 'new', seconds: 2 ** 34, content: 'x' },
    );
    const tree = await added({ source: contextOf({ a: bytes }), sources: ['a'] });
    expect([tree.get('/old').mtimeNs, tree.get('/new').mtimeNs]).toEqual([0n, 2n ** 34n * 1_000_000_000n]);
  });

  it('puts large files into the spill directory and small ones into memory', async () => {
    const large = Buffer.alloc(100_000, 'L');
    const bytes = archiveOf({ path: 'large', content: large }, { path: 'small', content: 's' });
    const spill = temporaryDirectory();
    const tree = await added({
      source: contextOf({ a: bytes }),
      sources: ['a'],
      spillDirectory: fromText(spill),
    });
    expect(tree.get('/large').content).toBe(large.toString());
    expect(tree.get('/small').content).toBe('s');
    expect(readdirSync(spill)).toHaveLength(1);
  });
});
