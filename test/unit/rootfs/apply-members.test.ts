import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { BuildError } from '../../../src/errors/index.ts';
import { applyMembers } from '../../../src/rootfs/index.ts';
import { NO_XATTRS, type TarMember } from '../../../src/tar/index.ts';

let base: string;
let root: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'apply-'));
  root = join(base, 'root');
  mkdirSync(root);
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function member(path: string, more: Partial<TarMember> = {}): TarMember {
  return {
    path: fromText(path),
    type: 'file',
    mode: 0o644,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    size: 0,
    mtimeNs: 5_000_000_000n,
    linkname: fromText(''),
    devMajor: 0,
    devMinor: 0,
    xattrs: NO_XATTRS,
    ...more,
  };
}

const bytes = (text: string): Partial<TarMember> => ({
  size: text.length,
  content: { kind: 'bytes', bytes: Buffer.from(text) },
});

describe('applyMembers', () => {
  it('writes files from bytes and from other files', () => {
    const large = Buffer.alloc(700_000, 'x');
    writeFileSync(join(base, 'source'), large);
    applyMembers(fromText(root), [
      member('d', { type: 'directory', mode: 0o2755 }),
      member('d/a', { ...bytes('abc'), mode: 0o4755 }),
      member('d/b', { size: large.length, content: { kind: 'file', path: fromText(join(base, 'source')) } }),
      member('d/c', { type: 'hardlink', linkname: fromText('d/a') }),
      member('d/l', { type: 'symlink', linkname: fromText('../../x') }),
    ]);
    expect(readFileSync(join(root, 'd/a'), 'utf8')).toBe('abc');
    expect(lstatSync(join(root, 'd/a'))).toMatchObject({ mtimeMs: 5000, nlink: 2 });
    expect(lstatSync(join(root, 'd/a')).mode & 0o7777).toBe(0o4755);
    expect(readFileSync(join(root, 'd/b')).equals(large)).toBe(true);
    expect(lstatSync(join(root, 'd')).mode & 0o7777).toBe(0o2755);
    expect(lstatSync(join(root, 'd')).mtimeMs).toBe(5000);
  });

  it('leaves the time of a directory that no member names', () => {
    mkdirSync(join(root, 'd'));
    utimesSync(join(root, 'd'), 77, 77);
    applyMembers(fromText(root), [member('d/a', bytes('1'))]);
    expect(lstatSync(join(root, 'd')).mtimeMs).toBe(77_000);
  });

  it('never writes through a link that leads outside', () => {
    writeFileSync(join(base, 'victim'), 'kept');
    symlinkSync('../victim', join(root, 'l'));
    symlinkSync('..', join(root, 'up'));
    applyMembers(fromText(root), [member('l', bytes('new')), member('up/victim', bytes('new'))]);
    expect(readFileSync(join(base, 'victim'), 'utf8')).toBe('kept');
    expect(readFileSync(join(root, 'victim'), 'utf8')).toBe('new');
    expect(lstatSync(join(root, 'l')).isFile()).toBe(true);
  });

  it.each([2, 4])('says so when a source of 3 bytes was planned with %i', (size) => {
    writeFileSync(join(base, 'source'), 'abc');
    const content = { kind: 'file', path: fromText(join(base, 'source')) } as const;
    const apply = (): void => {
      applyMembers(fromText(root), [member('a', { size, content })]);
    };
    expect(apply).toThrow(BuildError);
    expect(apply).toThrow(`a: it has 3 bytes now, but ${size} when it was planned`);
  });

  it('does nothing for no members, and fails where there is no directory', () => {
    applyMembers(fromText(join(base, 'none')), []);
    expect(() => {
      applyMembers(fromText(join(base, 'none')), [member('a')]);
    }).toThrow('is no directory to unpack to');
  });
});
