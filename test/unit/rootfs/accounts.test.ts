import { describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { resolveOwner, resolveUser, TreeIndex, type RootView } from '../../../src/rootfs/index.ts';
import { NO_XATTRS } from '../../../src/tar/index.ts';
import { MemoryRoot, type NodeRow } from '../../support/memory-root.ts';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/sh',
  'bob:x:1000:1001:Bob:/home/bob:/bin/sh',
  'twin:x:1000:7:Twin:/home/twin:/bin/sh',
  'broken:x:none:0::/:',
  '+::::::',
  '33:x:40:41:a name of digits:/n:',
  'homeless:x:50:50:::',
];
const GROUP = [
  'root:x:0:',
  'staff:x:50:bob,eve',
  'audio:x:29:eve',
  'video:x:44:eve,bob',
  'bob:x:1001:',
  'bad:x:x:bob',
];

function image(...more: NodeRow[]): RootView {
  return MemoryRoot.of([
    ['/etc', 'd', 0o755, 0, 0, 0],
    ['/etc/passwd', 'f', 0o644, 0, 0, 0, PASSWD.join('\n')],
    ['/etc/group', 'f', 0o644, 0, 0, 0, `${GROUP.join('\r\n')}\n`],
    ...more,
  ]);
}

const empty = MemoryRoot.of([]);

describe('resolveOwner', () => {
  it.each([
    ['33', 33, 33],
    ['33:44', 33, 44],
    ['bob', 1000, 1001],
    ['bob:staff', 1000, 50],
    ['bob:0', 1000, 0],
    ['5:video', 5, 44],
    ['root', 0, 0],
    ['root:root', 0, 0],
  ])('reads %s', (text, uid, gid) => {
    expect(resolveOwner(image(), text)).toEqual({ uid, gid });
  });

  it('needs no files for numbers and root', () => {
    expect(resolveOwner(empty, '7:root')).toEqual({ uid: 7, gid: 0 });
  });

  it.each([
    ['eve', 0, 0, ['user eve']],
    ['eve:staff', 0, 50, ['user eve']],
    ['bob:nobody', 1000, 1001, ['group nobody']],
    ['broken', 0, 0, ['user broken']],
    [':staff', 0, 50, ['user ']],
    ['bob:', 1000, 1001, []],
    ['-1', 0, 0, ['user -1']],
    ['2147483648', 0, 0, ['user 2147483648']],
  ])('takes what %s names and nobody knows for root, and tells', (text, uid, gid, told) => {
    const unknown: string[] = [];
    expect(resolveOwner(image(), text, (kind, name) => unknown.push(`${kind} ${name}`))).toEqual({
      uid,
      gid,
    });
    expect(unknown).toEqual(told);
  });
});

describe('resolveUser', () => {
  it.each([
    ['', 0, 0, [0], '/root', 'root'],
    ['root', 0, 0, [0], '/root', 'root'],
    ['bob', 1000, 1001, [1001, 50, 44], '/home/bob', 'bob'],
    ['1000', 1000, 1001, [1001, 50, 44], '/home/bob', 'bob'],
    // The home goes by number, as the runtime sets it.
    ['twin', 1000, 7, [7], '/home/bob', 'twin'],
    ['bob:audio', 1000, 29, [29], '/home/bob', 'bob'],
    ['bob:9', 1000, 9, [9], '/home/bob', 'bob'],
    ['1000:9', 1000, 9, [9], '/home/bob', 'bob'],
    ['4711', 4711, 0, [0], '/', undefined],
    ['4711:staff', 4711, 50, [50], '/', undefined],
    ['33', 33, 0, [0], '/', undefined],
    ['homeless', 50, 50, [50], '/', 'homeless'],
  ])('reads %j', (text, uid, gid, groups, home, name) => {
    expect(resolveUser(image(), text)).toEqual({ uid, gid, groups, home, name });
  });

  it('knows root and numbers in an image without any files', () => {
    expect(resolveUser(empty, '')).toEqual({ uid: 0, gid: 0, groups: [0], home: '/root', name: undefined });
    expect(resolveUser(empty, 'root').uid).toBe(0);
    expect(resolveUser(empty, '7:8')).toEqual({ uid: 7, gid: 8, groups: [8], home: '/', name: undefined });
  });

  it.each(['eve', 'bob:eve', '2147483648', '1:2147483648', '99999999999'])('refuses %s', (text) => {
    expect(() => resolveUser(image(), text)).toThrow(/unable to find|must be in range/);
  });

  it('reads the files that links inside the root lead to', () => {
    const view = MemoryRoot.of([
      ['/etc', 'd', 0o755, 0, 0, 0],
      ['/nix', 'd', 0o755, 0, 0, 0],
      ['/nix/passwd', 'f', 0o644, 0, 0, 0, PASSWD.join('\n')],
      ['/etc/passwd', 'l', 0o777, 0, 0, 0, '../../nix/passwd'],
      ['/etc/group', 'd', 0o755, 0, 0, 0],
    ]);
    expect(resolveUser(view, 'bob')).toMatchObject({ uid: 1000, gid: 1001, groups: [1001] });
  });

  it('refuses a file of accounts that is too large, before it is read', () => {
    const tree = new TreeIndex();
    tree.addMember({
      path: fromText('etc/passwd'),
      type: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: 11 * 1024 * 1024,
      mtimeNs: 0n,
      linkname: fromText(''),
      devMajor: 0,
      devMinor: 0,
      xattrs: NO_XATTRS,
    });
    expect(() => resolveUser(tree, 'bob')).toThrow('/etc/passwd of the image is larger than');
  });
});
