import { describe, expect, it } from 'vitest';
import { type BytePath, fromText } from '../../../src/bytes/index.ts';
import { resolveUser, TreeIndex } from '../../../src/rootfs/index.ts';
import { dir, file, hardlink, parseRaw, type RawEntry, rawTar, symlink } from '../../support/hostile-tar.ts';
import { describeTree } from '../../support/hostile-tar-victims.ts';

const at = fromText;

function treeOf(...layers: RawEntry[][]): TreeIndex {
  const tree = new TreeIndex();
  for (const layer of layers) apply(tree, ...layer);
  return tree;
}

function apply(tree: TreeIndex, ...entries: RawEntry[]): void {
  parseRaw(rawTar(entries), tree.handler());
}

describe('TreeIndex', () => {
  it('holds what headers say', () => {
    const tree = treeOf([
      file('d/f', 'abc', { mode: 0o4755, uid: 5, gid: 6, mtime: 7 }),
      symlink('l', '/d/f'),
    ]);
    expect(tree.lstat(at('/d/f'))).toMatchObject({
      type: 'file',
      mode: 0o4755,
      uid: 5,
      gid: 6,
      size: 3,
      mtimeNs: 7_000_000_000n,
      linkGroup: undefined,
    });
    expect(tree.lstat(at('/d'))).toMatchObject({ type: 'directory', mode: 0o755, uid: 0, mtimeNs: 0n });
    expect(tree.readlink(at('/l'))).toBe('/d/f');
    expect(tree.lstat(at('/d/f/x'))).toBeUndefined();
    expect(tree.lstat(at('/none/x'))).toBeUndefined();
  });

  it('sorts names bytewise', () => {
    expect(treeOf([file('b'), file('B'), file('a-'), file('a'), file('\xff')]).readdir(at('/'))).toEqual([
      'B',
      'a',
      'a-',
      'b',
      '\xff',
    ]);
  });

  it('keeps the content of account files only', () => {
    const tree = treeOf([
      file('nix/passwd', 'bob:x:7:8::/b:'),
      symlink('etc/passwd', '/nix/passwd'),
      file('f', 'abc'),
      file('e'),
    ]);
    expect(resolveUser(tree, 'bob')).toMatchObject({ uid: 7, gid: 8 });
    expect(() => tree.content(at('/f'))).toThrow('only the header is known');
    expect(tree.content(at('/e'))).toEqual({ kind: 'bytes', bytes: new Uint8Array(0) });
  });

  it('keeps the content of members that bring it', () => {
    const tree = treeOf([file('x', 'abc')]);
    const content = { kind: 'bytes', bytes: Buffer.from('new') } as const;
    const stat = tree.lstat(at('/x'));
    if (stat === undefined || stat.type === 'socket') throw new Error('x is missing');
    tree.addMember({ ...stat, type: stat.type, path: at('x'), linkname: at(''), xattrs: new Map(), content });
    expect(tree.content(at('/x'))).toBe(content);
  });

  it('has one group for the names of one file', () => {
    const tree = treeOf([file('a', '1'), hardlink('b', 'a'), file('c', '1')]);
    expect(tree.lstat(at('/a'))?.linkGroup).toBeDefined();
    expect(tree.lstat(at('/b'))?.linkGroup).toBe(tree.lstat(at('/a'))?.linkGroup);
    expect(tree.lstat(at('/c'))?.linkGroup).toBeUndefined();
  });

  it('removes paths with all below, and nothing where there is nothing', () => {
    const tree = treeOf([file('a/b/c'), file('a/d')]);
    tree.removePath(at('a/b'));
    tree.removePath(at('/a/none/x'));
    tree.removePath(at('/'));
    expect(describeTree(tree)).toEqual(['a/', 'a/d']);
  });

  it("and its clones never see each other's changes", () => {
    const first = treeOf([file('a/b/c', '1'), file('a/d', '1'), dir('e')]);
    const before = describeTree(first);
    const second = first.clone();
    const third = second.clone();
    apply(second, file('a/b/new', '2'), file('.wh.e'), dir('a', { mode: 0o700 }));
    expect(describeTree(first)).toEqual(before);
    expect(describeTree(third)).toEqual(before);
    expect(first.lstat(at('/a'))?.mode).toBe(0o755);
    expect(describeTree(second)).toEqual(['a/', 'a/b/', 'a/b/c', 'a/b/new', 'a/d']);
    apply(first, file('a/b', '3'), dir('.', { mode: 0o711 }));
    expect(describeTree(third)).toEqual(before);
    expect(third.lstat(at('/'))?.mode).toBe(0o755);
    expect(describeTree(second)).toContain('a/b/c');
  });

  it('holds many entries, and so do its clones', () => {
    const names = Array.from({ length: 1000 }, (_, n) => `usr/share/d${n % 100}/f${n}`);
    const tree = treeOf(names.map((name) => file(name)));
    expect(tree.readdir(at('/usr/share')).length).toBe(100);
    expect(tree.clone().readdir(at('/usr/share/d7')).length).toBe(10);
  });

  it.each(['../x', 'a\0b' as BytePath])('refuses %j', (name) => {
    expect(() => treeOf([file('x', '', { pax: { path: name } })])).toThrow();
  });
});
