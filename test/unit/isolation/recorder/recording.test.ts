import { describe, expect, it } from 'vitest';
import { RecordingReader, type Recording } from '../../../../src/isolation/recorder/recording.ts';

const hex = (text: string): string =>
  Array.from(Buffer.from(text, 'utf8'), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
/** `'path'` becomes a string and `<path>` the path of a descriptor, as strace writes them with -xx. */
const line = (text: string): string =>
  text
    .replace(/'([^']*)'/g, (_, path: string) => `"${hex(path)}"`)
    .replace(/<([^>]*)>/g, (_, path: string) => `<${hex(path)}>`);
function read(...lines: string[]): Recording {
  const reader = new RecordingReader();
  for (const text of lines) reader.line(line(text));
  return reader.end();
}

describe('a recording of owners', () => {
  it('tells what chown does to names, links and open files', () => {
    const { events } = read(
      "7 chown('/a', 1, 2) = 0 (INJECTED)",
      "7 lchown('/b', -1, 3) = 0 (INJECTED)",
      '7 fchown(3</c d>, 0, 0) = 0 (INJECTED)',
      "7 fchownat(AT_FDCWD</w>, 'e', 4, -1, AT_SYMLINK_NOFOLLOW) = 0 (INJECTED)",
      "7 fchownat(5</f>, '', 4, 4, AT_EMPTY_PATH) = 0 (INJECTED)",
    );
    expect(events).toEqual([
      { kind: 'owner', path: '/a', uid: 1, gid: 2, follow: true, byDescriptor: false },
      { kind: 'owner', path: '/b', uid: undefined, gid: 3, follow: false, byDescriptor: false },
      { kind: 'owner', path: '/c d', uid: 0, gid: 0, follow: false, byDescriptor: true },
      { kind: 'owner', path: '/w/e', uid: 4, gid: undefined, follow: false, byDescriptor: false },
      { kind: 'owner', path: '/f', uid: 4, gid: 4, follow: false, byDescriptor: true },
    ]);
  });

  it('keeps the value of a file capability that was not really set', () => {
    const { events } = read(
      "7 setxattr('/a', 'security.capability', 'abc', 3, 0) = 0",
      "7 lsetxattr('/b', 'security.capability', 'abc') = 0 (INJECTED)",
    );
    expect(events).toEqual([
      { kind: 'capability', path: '/a', follow: true },
      { kind: 'capability', path: '/b', follow: true, value: Buffer.from('abc') },
    ]);
  });

  it('begins with the user that it is told', () => {
    const reader = new RecordingReader({ uid: 5, gid: 6 });
    for (const text of ["7 mkdir('/a') = 0", '7 setresuid(-1, 0, -1) = 0', "7 mkdir('/b') = 0"])
      reader.line(line(text));
    expect(reader.end().events).toEqual([
      { kind: 'made', path: '/a', uid: 5, gid: 6 },
      { kind: 'made', path: '/b', uid: 0, gid: 6 },
    ]);
  });

  it('follows processes: working directory, root, and the ids they were told they have', () => {
    const { events } = read(
      "7 chdir('/w') = 0",
      '7 fork() = 8',
      '8 setresgid(-1, 6, -1) = 0 (INJECTED)',
      '8 setuid(5) = 0 (INJECTED)',
      "8 mkdir('d', 0755) = 0",
      "8 chroot('/jail') = 0",
      "8 mkdir('/e', 0755) = 0",
      "7 mkdir('f', 0755) = 0",
    );
    expect(events).toEqual([
      { kind: 'made', path: '/w/d', uid: 5, gid: 6 },
      { kind: 'made', path: '/jail/e', uid: 5, gid: 6 },
      { kind: 'made', path: '/w/f', uid: 0, gid: 0 },
    ]);
  });

  it('waits with the lines of a child until it is told whose child it is', () => {
    const { events } = read(
      "7 chdir('/w') = 0",
      "8 chown('x', 1, 1) = 0 (INJECTED)",
      '7 vfork() = 8',
      "9 chown('y', 1, 1) = 0 (INJECTED)",
    );
    expect(events.map((event) => 'path' in event && event.path)).toEqual(['/w/x', '/y']);
  });

  it('names new files by what was opened, also through links', () => {
    const { events } = read(
      "7 openat(AT_FDCWD</>, 'link/f', O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</real/f>",
      "7 openat(AT_FDCWD</>, 'g', O_RDONLY|O_CLOEXEC) = 3</g>",
      "7 openat2(AT_FDCWD</>, 'h', {flags=O_RDWR|O_CREAT, mode=0600, resolve=0}, 24) = 4</h>",
    );
    expect(events.map((event) => 'path' in event && event.path)).toEqual(['/real/f', '/h']);
  });

  it('tells moves, exchanges, copies in place of moves, links and removals', () => {
    const { events } = read(
      "7 rename('/a', '/b') = 0",
      "7 rename('/a', '/b') = -1 EXDEV (Invalid cross-device link)",
      "7 renameat2(AT_FDCWD</>, 'a', AT_FDCWD</>, 'b', RENAME_EXCHANGE) = 0",
      "7 linkat(AT_FDCWD</>, 'a', 4</d>, 'b', 0) = 0",
      "7 unlinkat(4</d>, 'b', AT_REMOVEDIR) = 0",
      "7 rename('/a', '/b') = -1 ENOENT (No such file or directory)",
    );
    expect(events).toEqual([
      { kind: 'moved', from: '/a', to: '/b' },
      { kind: 'copied', from: '/a', to: '/b' },
      { kind: 'exchanged', from: '/a', to: '/b' },
      { kind: 'linked', from: '/a', to: '/d/b' },
      { kind: 'removed', path: '/d/b' },
    ]);
  });

  it('notes set-id bits and file capabilities, and no other mode or attribute', () => {
    const { events } = read(
      "7 chmod('/a', 04755) = 0",
      "7 chmod('/a', 0755) = 0",
      "7 setxattr('/a', 'security.capability', 'x', 20, 0) = 0",
      "7 setxattr('/a', 'user.other', 'x', 1, 0) = 0",
    );
    expect(events.map(({ kind }) => kind)).toEqual(['mode', 'capability']);
  });

  it('names devices that could not be made', () => {
    const { unrecorded } = read(
      "7 mknod('/n', S_IFCHR|0666, makedev(0x1, 0x3)) = -1 EPERM (Operation not permitted)",
    );
    expect(unrecorded).toEqual(['the device /n could not be made']);
  });

  it.each([
    'nonsense',
    "7 chown('/a', 1, 2 <unfinished ...>",
    '7 chown("plain", 1, 2) = 0',
    '7 chown("\\x2", 1, 2) = 0',
    '7 fchown(3<pipe:[1]>, 1, 2) = 0',
    '7 chown(NULL, 1, 2) = 0',
    '7 +++ exited with 0 +++',
    '',
  ])('makes nothing of %j', (text) => {
    const reader = new RecordingReader();
    reader.line(text);
    expect(reader.end()).toEqual({ events: [], unrecorded: [] });
  });
});
