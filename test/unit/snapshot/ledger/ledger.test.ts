import { chmodSync, lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText, type BytePath } from '../../../../src/bytes/index.ts';
import { TreeIndex, type OwnershipEvent } from '../../../../src/rootfs/index.ts';
import { Ledger, type Change } from '../../../../src/snapshot/index.ts';
import { memberOf, statAt } from '../../../../src/snapshot/disk-member.ts';
import { NO_XATTRS, type TarMember } from '../../../../src/tar/index.ts';

let directory = '';
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'ledger-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const path = (text: string): BytePath => fromText(text);
const root = (): BytePath => fromText(directory);

function entry(
  name: string,
  type: TarMember['type'],
  owner: string,
  more: Partial<TarMember> = {},
): TarMember {
  const [uid = 0, gid = 0] = owner.split(':').map(Number);
  const plain = { size: 0, mtimeNs: 0n, linkname: path(''), devMajor: 0, devMinor: 0, xattrs: NO_XATTRS };
  return { ...plain, path: path(name), type, mode: type === 'directory' ? 0o755 : 0o644, uid, gid, ...more };
}

/** A ledger whose tree is on disk too. */
function ledgerOf(...members: TarMember[]): Ledger {
  const ledger = new Ledger(new TreeIndex());
  ledger.apply(root(), members);
  return ledger;
}

const changed = (kind: 'added' | 'modified', name: string): Change => {
  const stat = statAt(path(`${directory}/${name}`));
  const member = stat && memberOf(root(), path(name), stat);
  if (member === undefined) throw new Error(`${name} is not there`);
  return { kind, member };
};

function settle(
  ledger: Ledger,
  events: readonly object[],
  changes: readonly Change[] = [],
  user = '0:0',
): string[] {
  const [uid = 0, gid = 0] = user.split(':').map(Number);
  return ledger
    .settle({
      directory: root(),
      changes,
      record: { user: { uid, gid }, events: events as readonly OwnershipEvent[] },
      ignored: () => false,
      keep: (name) => path(`${directory}/${name}`),
    })
    .map((change) =>
      change.kind === 'removed'
        ? `removed ${change.path}`
        : `${change.kind} ${change.member.path} ${change.member.mode.toString(8)} ${change.member.uid}:${change.member.gid}`,
    );
}

const owner = (name: string, uid: number, gid: number, more: object = {}): object => ({
  ...{ kind: 'owner', path: name, uid, gid, follow: true, byDescriptor: false, ...more },
});
const write = (name: string): void => writeFileSync(join(directory, name), 'x');

describe('a ledger of owners', () => {
  it('shows owners and devices that the disk does not have', () => {
    const ledger = ledgerOf(
      entry('d', 'directory', '1:2'),
      entry('d/n', 'char', '0:6', { devMajor: 1, devMinor: 3 }),
      entry('d/f', 'file', '3:4', { mode: 0o4755 }),
    );
    const view = ledger.view(root());
    expect(view.lstat(path('/d'))).toMatchObject({ uid: 1, gid: 2 });
    expect(view.lstat(path('/d/f'))).toMatchObject({ uid: 3, gid: 4, mode: 0o4755 });
    expect(view.lstat(path('/d/n'))).toMatchObject({ type: 'char', gid: 6, devMinor: 3 });
    expect(view.readdir(path('/d'))).toEqual(['f', 'n']);
    expect(lstatSync(join(directory, 'd/f')).uid).toBe(process.getuid?.());
  });

  it('makes a change of what only changed its owner', () => {
    const ledger = ledgerOf(entry('f', 'file', '0:0'), entry('g', 'file', '5:5'));
    expect(settle(ledger, [owner('/f', 33, 34), owner('/g', 5, 5)])).toEqual(['modified f 644 33:34']);
    expect(ledger.view(root()).lstat(path('/f'))).toMatchObject({ uid: 33, gid: 34 });
  });

  it('makes no change of what was mounted there for the time of the step', () => {
    const ledger = ledgerOf(entry('cache', 'directory', '0:0'), entry('cache/kept', 'directory', '0:0'));
    const given = { kind: 'owner', uid: 5, gid: 5, follow: true, byDescriptor: false };
    const events = ['/cache', '/cache/kept'].map((name) => ({ ...given, path: name }));
    const record = { user: { uid: 0, gid: 0 }, events: events as unknown as OwnershipEvent[] };
    const step = { directory: root(), changes: [], ignored: () => false, keep: (name: BytePath) => name };
    expect(ledger.clone().settle({ ...step, record: { ...record, mounted: [path('/cache')] } })).toEqual([]);
    expect(ledger.settle({ ...step, record })).toHaveLength(2);
  });

  it('keeps owners through renames of directories above', () => {
    const ledger = ledgerOf(entry('d', 'directory', '0:0'), entry('d/f', 'file', '7:8'));
    mkdirSync(join(directory, 'e'));
    write('e/f');
    rmSync(join(directory, 'd'), { recursive: true });
    const changes: Change[] = [
      { kind: 'removed', path: path('d') },
      changed('added', 'e'),
      changed('added', 'e/f'),
    ];
    expect(settle(ledger, [{ kind: 'moved', from: '/d', to: '/e' }], changes)).toEqual([
      'removed d',
      'added e 755 0:0',
      'added e/f 644 7:8',
    ]);
  });

  it('gives what is made anew to who makes it, whatever was there before', () => {
    const ledger = ledgerOf(entry('f', 'file', '7:8'));
    const made = { kind: 'made', path: '/f', uid: 20, gid: 21 };
    expect(settle(ledger, [made], [changed('modified', 'f')])).toEqual(['modified f 644 7:8']);
    const removed = { kind: 'removed', path: '/f' };
    expect(settle(ledger, [removed, made], [changed('modified', 'f')])).toEqual(['modified f 644 20:21']);
    expect(settle(ledger, [removed], [changed('modified', 'f')], '9:9')).toEqual(['modified f 644 9:9']);
  });

  it('gives what is made in a set-group-id directory to its group', () => {
    const ledger = ledgerOf(entry('staff', 'directory', '0:50', { mode: 0o2775 }));
    write('staff/f');
    expect(settle(ledger, [], [changed('added', 'staff/f')])).toEqual(['added staff/f 644 0:50']);
  });

  it('keeps the owner that a program copied from the file it replaces, which it saw as root', () => {
    const ledger = ledgerOf(entry('shadow', 'file', '0:42'));
    const seen = owner('/shadow+', 0, 0, { byDescriptor: true });
    const moved = { kind: 'moved', from: '/shadow+', to: '/shadow' };
    expect(settle(ledger, [seen, moved], [changed('modified', 'shadow')])).toEqual([
      'modified shadow 644 0:42',
    ]);
  });

  it('believes a package and a name that say root', () => {
    const ledger = ledgerOf(entry('a', 'file', '5:5'), entry('b', 'file', '5:5'));
    const events = [
      owner('/a.dpkg-new', 0, 0, { byDescriptor: true }),
      { kind: 'moved', from: '/a.dpkg-new', to: '/a' },
      owner('/b', 0, 0),
    ];
    const changes = [changed('modified', 'a'), changed('modified', 'b')];
    expect(settle(ledger, events, changes)).toEqual(['modified a 644 0:0', 'modified b 644 0:0']);
  });

  it('keeps owners where a directory is copied because it cannot be renamed', () => {
    const ledger = ledgerOf(entry('d', 'directory', '5:6'), entry('d/f', 'file', '7:8'));
    mkdirSync(join(directory, 'e'));
    write('e/f');
    const events = [
      { kind: 'copied', from: '/d', to: '/e' },
      { kind: 'made', path: '/e', uid: 0, gid: 0 },
      { kind: 'made', path: '/e/f', uid: 0, gid: 0 },
      owner('/e', 0, 0),
      { kind: 'removed', path: '/d/f' },
      { kind: 'removed', path: '/d' },
    ];
    expect(settle(ledger, events, [changed('added', 'e'), changed('added', 'e/f')])).toEqual([
      'added e 755 5:6',
      'added e/f 644 7:8',
    ]);
  });

  it('takes a file capability that was only claimed, until the owner changes', () => {
    const ledger = ledgerOf();
    writeFileSync(join(directory, 'ping'), '');
    const value = Buffer.from([1, 2, 3]);
    const claimed = { kind: 'capability', path: '/ping', follow: true, value };
    const given = { kind: 'owner', path: '/ping', uid: 0, gid: 0, follow: true, byDescriptor: false };
    const xattrs = (events: readonly object[]) =>
      ledger
        .settle({
          directory: root(),
          changes: [changed('added', 'ping')],
          record: { user: { uid: 0, gid: 0 }, events: events as readonly OwnershipEvent[] },
          ignored: () => false,
          keep: (name) => path(`${directory}/${name}`),
        })
        .map((change) => change.kind !== 'removed' && [...change.member.xattrs]);
    expect(xattrs([given, claimed])).toEqual([[['security.capability', value]]]);
    expect(xattrs([claimed, given])).toEqual([[]]);
  });

  it('takes set-id bits away with the owner, unless they were set later', () => {
    const ledger = ledgerOf(entry('a', 'file', '0:0'), entry('b', 'file', '0:0'));
    for (const name of ['a', 'b']) chmodSync(join(directory, name), 0o6755);
    const changes = [changed('modified', 'a'), changed('modified', 'b')];
    const mode = (name: string): object => ({ kind: 'mode', path: name, follow: true });
    const events = [mode('/a'), owner('/a', 1, 1), owner('/b', 1, 1), mode('/b')];
    expect(settle(ledger, events, changes)).toEqual(['modified a 755 1:1', 'modified b 6755 1:1']);
    expect(lstatSync(join(directory, 'a')).mode & 0o7777).toBe(0o755);
  });

  it('follows links of parents, and of names where chown does', () => {
    const ledger = ledgerOf(entry('real', 'directory', '0:0'), entry('real/f', 'file', '0:0'));
    symlinkSync('real', join(directory, 'link'));
    expect(settle(ledger, [owner('/link/f', 1, 1), owner('/link', 2, 2)])).toEqual([
      'modified real 755 2:2',
      'modified real/f 644 1:1',
    ]);
  });

  it('gives all names of a file one owner', () => {
    const ledger = ledgerOf();
    write('a');
    const file = changed('added', 'a');
    const link: Change = { kind: 'added', member: entry('b', 'hardlink', '0:0', { linkname: path('a') }) };
    const events = [{ kind: 'linked', from: '/a', to: '/b' }, owner('/b', 3, 3)];
    expect(settle(ledger, events, [file, link])).toEqual(['added a 644 3:3', 'added b 644 3:3']);
  });

  it('goes its own way after a clone', () => {
    const ledger = ledgerOf(entry('f', 'file', '0:0'));
    const clone = ledger.clone();
    settle(ledger, [owner('/f', 1, 1)]);
    expect(clone.view(root()).lstat(path('/f'))).toMatchObject({ uid: 0, gid: 0 });
  });
});
