import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { DiskRoot } from '../../../src/rootfs/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'disk-root-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const view = (): DiskRoot => new DiskRoot(fromText(directory));

describe('DiskRoot', () => {
  it('tells what lstat says, in nanoseconds', () => {
    writeFileSync(join(directory, 'f'), 'abc');
    chmodSync(join(directory, 'f'), 0o640);
    const real = lstatSync(join(directory, 'f'), { bigint: true });
    expect(view().lstat(fromText('/f'))).toEqual({
      type: 'file',
      mode: 0o640,
      uid: Number(real.uid),
      gid: Number(real.gid),
      size: 3,
      mtimeNs: real.mtimeNs,
      devMajor: 0,
      devMinor: 0,
      linkGroup: undefined,
    });
    expect(view().lstat(fromText('/'))?.type).toBe('directory');
    expect(view().lstat(fromText('/none'))).toBeUndefined();
    expect(view().lstat(fromText('/f/x'))).toBeUndefined();
  });

  it('never follows a link', () => {
    symlinkSync('/etc', join(directory, 'l'));
    expect(view().lstat(fromText('/l'))?.type).toBe('symlink');
    expect(view().readlink(fromText('/l'))).toBe('/etc');
  });

  it('groups the names of one file', () => {
    writeFileSync(join(directory, 'a'), '');
    linkSync(join(directory, 'a'), join(directory, 'b'));
    mkdirSync(join(directory, 'd'));
    expect(view().lstat(fromText('/a'))?.linkGroup).toBe(view().lstat(fromText('/b'))?.linkGroup);
    expect(view().lstat(fromText('/a'))?.linkGroup).toMatch(/^\d+:\d+$/);
    expect(view().lstat(fromText('/d'))?.linkGroup).toBeUndefined();
  });

  it("lists names bytewise, and names a file's content by where it lies", () => {
    for (const name of ['b', 'B', 'a', 'é']) writeFileSync(join(directory, name), '');
    expect(view().readdir(fromText('/'))).toEqual(['B', 'a', 'b', fromText('é')]);
    expect(view().content(fromText('/a'))).toEqual({ kind: 'file', path: join(directory, 'a') });
    expect(view().xattrs(fromText('/a')).size).toBe(0);
  });

  it('knows devices by their numbers', () => {
    expect(new DiskRoot(fromText('/')).lstat(fromText('/dev/null'))).toMatchObject({
      type: 'char',
      size: 0,
      devMajor: 1,
      devMinor: 3,
    });
  });

  it('shows sockets', async () => {
    const server = createServer().listen(join(directory, 's'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(view().lstat(fromText('/s'))?.type).toBe('socket');
    await new Promise((resolve) => server.close(resolve));
  });
});
