import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText, type BytePath } from '../../../src/bytes/index.ts';
import { TAR_CHUNK_BYTES, tarStream, type TarMember } from '../../../src/tar/index.ts';
import { collect, entry, parse, SECOND } from './fixtures.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tar-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function inMemory(path: string, bytes: Buffer, changes: Partial<TarMember> = {}): TarMember {
  return { ...entry(path, changes), size: bytes.length, content: { kind: 'bytes', bytes } };
}

function onDisk(path: string, bytes: Buffer): TarMember {
  const place = join(directory, 'source');
  writeFileSync(place, bytes);
  return { ...entry(path), size: bytes.length, content: { kind: 'file', path: fromText(place) } };
}

const LONG = `${'d'.repeat(120)}/${'é'.repeat(60)}`;
const link = (path: string, type: 'symlink' | 'hardlink', target: string) =>
  entry(path, { type, linkname: fromText(target) });

/** One of everything a user may make. */
const variety = (): TarMember[] => [
  entry('d', { type: 'directory', mode: 0o750, mtimeNs: 1_600_000_000n * SECOND }),
  inMemory('d/a', Buffer.from('text'), { mode: 0o4755, mtimeNs: 1_500_000_000n * SECOND }),
  link('d/link', 'symlink', '../etc'),
  link('d/hard', 'hardlink', 'd/a'),
  entry('d/fifo', { type: 'fifo' }),
  inMemory(LONG, randomBytes(1000)),
  link('to long', 'symlink', LONG),
];

describe('tarStream', () => {
  it('comes back as it was', async () => {
    const members = variety();
    const { entries, contents } = parse(await collect(tarStream(members)), { chunk: 333 });
    expect(entries).toEqual(members.map(({ content: _, ...one }) => one));
    expect(contents[1]).toBe('text');
  });

  it('makes chunks of one size, from memory and from disk', async () => {
    const bytes = randomBytes(2 * TAR_CHUNK_BYTES + 700);
    for (const member of [inMemory('a', bytes), onDisk('a', bytes)]) {
      const sizes: number[] = [];
      const all: Uint8Array[] = [];
      for await (const chunk of tarStream([member, member])) {
        sizes.push(chunk.length);
        all.push(chunk);
      }
      const total = 2 * (512 + 2 * TAR_CHUNK_BYTES + 1024) + 1024;
      expect(sizes).toEqual([...Array<number>(4).fill(TAR_CHUNK_BYTES), total - 4 * TAR_CHUNK_BYTES]);
      expect(parse(Buffer.concat(all)).contents.every((text) => text === bytes.toString('latin1'))).toBe(
        true,
      );
    }
  });

  it('fills a chunk exactly', async () => {
    const bytes = randomBytes(TAR_CHUNK_BYTES - 512 - 1024);
    const sizes: number[] = [];
    for await (const chunk of tarStream([onDisk('a', bytes)])) sizes.push(chunk.length);
    expect(sizes).toEqual([TAR_CHUNK_BYTES]);
  });

  it.each<[string, (path: string) => void]>([
    ['shrank', (path) => truncateSync(path, 999)],
    ['grew', (path) => appendFileSync(path, 'x')],
    ['is gone', (path) => rmSync(path)],
    ['became a directory', (path) => [rmSync(path), mkdirSync(path)]],
    ['became a link', (path) => [rmSync(path), symlinkSync('/etc/passwd', path)]],
    ['became a FIFO', (path) => [rmSync(path), spawnSync('mkfifo', [path])]],
  ])('throws FILESYSTEM where a file %s', async (_, change) => {
    const member = onDisk('a', Buffer.alloc(1000));
    change(join(directory, 'source'));
    await expect(collect(tarStream([member]))).rejects.toMatchObject({ code: 'FILESYSTEM' });
  });

  it('throws where content and size do not match', async () => {
    const short = { ...inMemory('a', Buffer.alloc(5)), size: 6 };
    await expect(collect(tarStream([short]))).rejects.toMatchObject({ code: 'ARCHIVE' });
    await expect(collect(tarStream([{ ...entry('a'), size: 1 }]))).rejects.toMatchObject({ code: 'ARCHIVE' });
  });

  it('stops when it is cancelled in the middle of a file', async () => {
    const controller = new AbortController();
    const stream = tarStream([onDisk('a', Buffer.alloc(3 * TAR_CHUNK_BYTES))], controller.signal);
    expect((await stream.next()).done).toBe(false);
    controller.abort();
    await expect(stream.next()).rejects.toThrow('abort');
  });
});

describe('other tools', () => {
  const run = (command: string, args: string[], input?: Buffer) => {
    const result = spawnSync(command, args, { cwd: directory, ...(input && { input }) });
    if (result.status !== 0) throw new Error(`${command}: ${result.stderr.toString()}`);
    return result.stdout;
  };

  it('GNU tar unpacks what we write', async () => {
    const members = variety();
    run('tar', ['-x', '-p', '-f', '-'], await collect(tarStream(members)));
    const at = (path: string) => join(directory, path);
    expect(readFileSync(at('d/a'), 'utf8')).toBe('text');
    expect(lstatSync(at('d/a'))).toMatchObject({ mode: 0o104755, mtimeMs: 1_500_000_000_000, nlink: 2 });
    expect(lstatSync(at('d'))).toMatchObject({ mode: 0o040750, mtimeMs: 1_600_000_000_000 });
    expect(readlinkSync(at('d/link'))).toBe('../etc');
    expect(lstatSync(at('d/fifo')).isFIFO()).toBe(true);
    expect(readlinkSync(at('to long'))).toBe(LONG);
    expect(readFileSync(at(LONG))).toHaveLength(1000);
  });

  it('GNU tar lists owners, times and attributes beyond ustar', async () => {
    const changes = {
      uid: 3_000_000,
      gid: 4_000_000_000,
      mtimeNs: -5n * SECOND,
      xattrs: new Map([['security.capability', Buffer.from('0100000200200000', 'hex')]]),
    };
    const archive = await collect(tarStream([entry('f', changes)]));
    const options = ['--numeric-owner', '--full-time', '--utc', '--xattrs', '--xattrs-include=*'];
    const listed = run('tar', ['-t', '-v', '-v', ...options, '-f', '-'], archive).toString();
    // The star tells of extended attributes.
    expect(listed).toMatch(/^-rw-r--r--\* 3000000\/4000000000 +0 1969-12-31 23:59:55 f/);
  });

  it.each(['v7', 'oldgnu', 'gnu', 'ustar', 'posix'])('we read what GNU tar writes: %s', (format) => {
    const [name, target] =
      format === 'v7'
        ? ['n'.repeat(90), 't'.repeat(90)]
        : [`${'n'.repeat(90)}/${'m'.repeat(90)}`, 't'.repeat(100)];
    const isLong = format !== 'v7' && format !== 'ustar';
    mkdirSync(join(directory, 'in', name, '..'), { recursive: true });
    writeFileSync(join(directory, 'in', name), 'content');
    linkSync(join(directory, 'in', name), join(directory, 'in/zlink'));
    symlinkSync(isLong ? target.repeat(3) : target.slice(0, 100), join(directory, 'in/sym'));
    const list = [
      'in',
      ...(name.includes('/') ? [`in/${name.split('/')[0] ?? ''}`] : []),
      'in/zlink',
      'in/sym',
      `in/${name}`,
    ];
    const owner = format === 'v7' || format === 'ustar' ? 70_000 : 3_000_000;
    const archive = run('tar', [
      `--format=${format}`,
      `--owner=:${String(owner)}`,
      '--group=:5',
      '--mtime=2001-02-03 04:05:06Z',
      '--no-recursion',
      '-cf',
      '-',
      ...list,
    ]);
    const { entries, contents } = parse(archive, { chunk: 1000 });
    expect(entries.map(({ path }) => path)).toEqual(list);
    expect(
      new Set(
        entries.map(({ uid, gid, mtimeNs }) => `${String(uid)}:${String(gid)}:${String(mtimeNs / SECOND)}`),
      ),
    ).toEqual(new Set([`${String(owner)}:5:981173106`]));
    expect(entries.slice(-3)).toMatchObject([
      { type: 'file', size: 7 },
      { type: 'symlink', linkname: isLong ? target.repeat(3) : target.slice(0, 100) },
      { type: 'hardlink', linkname: 'in/zlink' },
    ]);
    expect(contents.at(-3)).toBe('content');
  });

  it('we refuse the sparse files of GNU tar', () => {
    writeFileSync(join(directory, 'source'), 'x');
    truncateSync(join(directory, 'source'), 10_000_000);
    for (const format of ['gnu', 'posix'])
      expect(() => parse(run('tar', ['--sparse', `--format=${format}`, '-cf', '-', 'source']))).toThrow(
        /sparse/,
      );
  });

  it('tar-stream reads what we write', async () => {
    const unpacker = extract();
    unpacker.end(await collect(tarStream(variety())));
    const seen: string[] = [];
    for await (const one of unpacker) {
      seen.push(`${one.header.type ?? ''} ${one.header.name} ${one.header.linkname ?? ''}`.trim());
      one.resume();
    }
    expect(seen).toEqual([
      'directory d/',
      'file d/a',
      'symlink d/link ../etc',
      'link d/hard d/a',
      'fifo d/fifo',
      `file ${LONG}`,
      `symlink to long ${LONG}`,
    ]);
  });

  it.runIf(process.getuid?.() === 0)('devices survive both ways', async () => {
    const device: TarMember = entry('null', { type: 'char', devMajor: 1, devMinor: 3 });
    const archive = await collect(tarStream([device]));
    expect(run('tar', ['-t', '-v', '-f', '-'], archive).toString()).toMatch(/^c.* 1,3 /);
    const theirs = run('tar', ['-c', '-f', '-', '-C', '/', 'dev/null']);
    expect(parse(theirs).entries).toMatchObject([
      { path: 'dev/null' as BytePath, type: 'char', devMajor: 1, devMinor: 3 },
    ]);
  });
});
