import { describe, expect, it } from 'vitest';
import type { TarLimits } from '../../../src/tar/index.ts';
import {
  END,
  padded,
  parse,
  pax,
  paxRecords,
  rawFile,
  rawHeader,
  SECOND,
  type RawHeader,
} from './fixtures.ts';

const archive = (...parts: Buffer[]) => Buffer.concat([...parts, END]);
const gnu = { magic: 'ustar  \0' };
const long = (typeflag: 'L' | 'K', name: string) =>
  rawFile({ name: '././@LongLink', typeflag, ...gnu }, `${name}\0`);

/** Parses, in one chunk and in many; both must agree. */
function read(bytes: Buffer, limits: Partial<TarLimits> = {}) {
  const parsed = parse(bytes, { limits });
  for (const chunk of [1, 100, 512, 700]) expect(parse(bytes, { limits, chunk })).toEqual(parsed);
  return parsed;
}

/** The only entry of an archive of these parts. */
function only(...parts: Buffer[]) {
  const { entries } = read(archive(...parts));
  expect(entries).toHaveLength(1);
  return entries[0];
}

function expectArchiveError(bytes: Buffer, message: RegExp, limits: Partial<TarLimits> = {}) {
  for (const chunk of [bytes.length, 1, 513]) {
    expect(() => parse(bytes, { chunk, limits })).toThrow(expect.objectContaining({ code: 'ARCHIVE' }));
    expect(() => parse(bytes, { chunk, limits })).toThrow(message);
  }
}

describe('plain headers', () => {
  it('reads all fields of a ustar header', () => {
    const values = {
      name: 'n',
      prefix: 'dir/p',
      mode: '0004755\0',
      uid: '0000041\0',
      gid: '0000042\0',
      mtime: '00000000017',
    };
    expect(read(archive(rawFile(values, 'content')))).toEqual({
      entries: [
        expect.objectContaining({
          path: 'dir/p/n',
          type: 'file',
          mode: 0o4755,
          uid: 33,
          gid: 34,
          size: 7,
          mtimeNs: 15n * SECOND,
        }),
      ],
      contents: ['content'],
    });
  });

  it.each<[string, RawHeader, object]>([
    ['a file', { name: 'f' }, { type: 'file', path: 'f' }],
    ['an old file', { name: 'f', typeflag: '\0' }, { type: 'file' }],
    ['a contiguous file', { name: 'f', typeflag: '7' }, { type: 'file' }],
    ['a directory', { name: 'd/', typeflag: '5' }, { type: 'directory', path: 'd' }],
    ['an old directory', { name: 'd/', typeflag: '\0', magic: '' }, { type: 'directory', path: 'd' }],
    ['the root', { name: './', typeflag: '5' }, { type: 'directory', path: '.' }],
    ['a symlink', { name: 's', typeflag: '2', linkname: '/t/' }, { type: 'symlink', linkname: '/t/' }],
    ['a hard link', { name: 'h', typeflag: '1', linkname: 't' }, { type: 'hardlink', linkname: 't' }],
    ['a FIFO', { name: 'p', typeflag: '6' }, { type: 'fifo' }],
    [
      'a device',
      { name: 'c', typeflag: '3', devMajor: '10', devMinor: '7' },
      { type: 'char', devMajor: 8, devMinor: 7 },
    ],
    ['a block device', { name: 'b', typeflag: '4', devMajor: '1' }, { type: 'block', devMajor: 1 }],
    ['a target of something else', { name: 'f', linkname: 't' }, { linkname: '' }],
    ['device numbers of something else', { name: 'f', devMajor: '7' }, { devMajor: 0 }],
    ['a name that is not UTF-8', { name: 'a\xff\xe9' }, { path: 'a\xff\xe9' }],
    ['a name that fills its field', { name: 'n'.repeat(100) }, { path: 'n'.repeat(100) }],
    ['v7, which has no prefix', { name: 'f', prefix: 'p', magic: '' }, { path: 'f' }],
    [
      'GNU, which has none either',
      { name: 'f', prefix: '00000000001\x0000000000002', ...gnu },
      { path: 'f' },
    ],
    ['old Go, which wrote one', { name: 'f', prefix: 'dir', ...gnu }, { path: 'dir/f' }],
    ['spaces around a number', { name: 'f', uid: '  41 \0' }, { uid: 33 }],
    ['a number that ends at a NUL', { name: 'f', uid: '41\x0077' }, { uid: 33 }],
    ['signed checksums', { name: '\xff\xfe', checksum: 'signed' }, { path: '\xff\xfe' }],
  ])('reads %s', (_, values, expected) => {
    expect(only(rawHeader(values))).toMatchObject(expected);
  });

  it('has no content in anything but files, whatever the size field says', () => {
    const { entries } = read(
      archive(rawHeader({ name: 'd/', typeflag: '5', size: '1000' }), rawHeader({ name: 'f' })),
    );
    expect(entries.map(({ path, size }) => [path, size])).toEqual([
      ['d', 0],
      ['f', 0],
    ]);
  });

  it('reads base-256 numbers, negative times too', () => {
    const size = Buffer.from('80000000000000000000000b', 'hex');
    const mtime = Buffer.from('fffffffffffffffffffffffb', 'hex');
    expect(
      read(archive(Buffer.concat([rawHeader({ name: 'f', size, mtime }), padded('hello world')]))),
    ).toMatchObject({
      entries: [{ size: 11, mtimeNs: -5n * SECOND }],
      contents: ['hello world'],
    });
  });

  it("reads star's headers", () => {
    const block = rawHeader({ name: 'f', prefix: 'p' });
    block.write('tar\0', 508, 'latin1');
    block.write('0000021\0', 100, 'latin1');
    block.fill(' ', 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    expect(only(block)).toMatchObject({ path: 'p/f', mode: 0o21 });
  });

  it.each<[string, RawHeader, RegExp]>([
    ['a wrong checksum', { name: 'f', checksum: 'wrong' }, /checksum/],
    ['digits that are not octal', { name: 'f', uid: '0000049' }, /octal/],
    ['a sign', { name: 'f', uid: '-1' }, /octal/],
    ['a negative size', { name: 'f', size: Buffer.alloc(12, 0xff) }, /negative/],
    ['an overflow', { name: 'f', size: Buffer.from('800000ffffffffffffffffff', 'hex') }, /64 bits/],
    [
      'a size above the limit',
      { name: 'f', size: Buffer.from('800000000000010000000001', 'hex') },
      /too large/,
    ],
    ['an owner of -1', { name: 'f', uid: '\x80\0\0\0\xff\xff\xff\xff' }, /owner/],
    ['a negative owner', { name: 'f', gid: '\xff'.repeat(8) }, /owner/],
    ['a huge device number', { name: 'c', typeflag: '3', devMinor: '\x80\0\0\x01\0\0\0\0' }, /device/],
    ['no name', { name: '' }, /no name/],
    ['a link without target', { name: 's', typeflag: '2' }, /no target/],
    ['a GNU dump directory', { name: 'd', typeflag: 'D', ...gnu }, /unknown type "D"/],
    ['a multi-volume continuation', { name: 'd', typeflag: 'M', ...gnu }, /unknown type "M"/],
  ])('refuses %s', (_, values, message) => {
    expectArchiveError(archive(rawHeader(values)), message);
  });
});

describe('GNU long names', () => {
  it('reads them', () => {
    const [name, target] = ['n/'.repeat(300), 't'.repeat(500)];
    const link = rawHeader({ name: 'cut', linkname: 'cut', typeflag: '2', ...gnu });
    expect(only(long('K', target), long('L', name), link)).toMatchObject({
      path: name.slice(0, -1),
      linkname: target,
    });
  });

  it('takes the last of several, and none that is empty', () => {
    expect(only(long('L', 'first'), long('L', 'second'), rawHeader({ name: 'n', ...gnu }))).toMatchObject({
      path: 'second',
    });
    expect(only(long('L', ''), rawHeader({ name: 'n', ...gnu }))).toMatchObject({ path: 'n' });
  });

  it('prefers them to PAX', () => {
    expect(only(long('L', 'gnu'), pax('path=pax'), rawHeader({ name: 'n' }))).toMatchObject({ path: 'gnu' });
  });

  it('forgets them after one entry', () => {
    const { entries } = read(archive(long('L', 'long'), rawHeader({ name: 'a' }), rawHeader({ name: 'b' })));
    expect(entries.map(({ path }) => path)).toEqual(['long', 'b']);
  });
});

describe('PAX headers', () => {
  it.each<[string, string[], object]>([
    ['path', ['path=dir/\xc3\xa9\xff'], { path: 'dir/\xc3\xa9\xff' }],
    ['owners', ['uid=3000000', 'gid=4294967294'], { uid: 3_000_000, gid: 4_294_967_294 }],
    ['mtime', ['mtime=1700000000'], { mtimeNs: 1_700_000_000n * SECOND }],
    ['fractions', ['mtime=1.5'], { mtimeNs: 1_500_000_000n }],
    ['fractions beyond nanoseconds', ['mtime=1.1234567899'], { mtimeNs: 1_123_456_789n }],
    ['negative fractions', ['mtime=-0.25'], { mtimeNs: -250_000_000n }],
    ['a bare point', ['mtime=7.'], { mtimeNs: 7n * SECOND }],
    ['the last of two', ['path=a', 'path=b'], { path: 'b' }],
    ['empty values, which take back', ['path=a', 'path=', 'uid=', 'mtime='], { path: 'plain', uid: 33 }],
    ['unknown keys', ['comment=x', 'VENDOR.key=a=b\nc\0'], { path: 'plain' }],
    [
      'attributes as bytes',
      ['SCHILY.xattr.security.capability=\x01\0\0\x02=\n\xff'],
      {
        xattrs: new Map([['security.capability', Buffer.from('010000023d0aff', 'hex')]]),
      },
    ],
    [
      'attributes without bytes',
      ['SCHILY.xattr.user.a='],
      { xattrs: new Map([['user.a', Buffer.alloc(0)]]) },
    ],
  ])('reads %s', (_, records, expected) => {
    expect(only(pax(...records), rawHeader({ name: 'plain', uid: '41' }))).toMatchObject(expected);
  });

  it('reads linkpath', () => {
    expect(only(pax('linkpath=t'), rawHeader({ name: 's', typeflag: '2', linkname: 'x' }))).toMatchObject({
      linkname: 't',
    });
  });

  // An archive within the archive: readers that trust the other field see `smuggled`.
  it.each([
    ['the header', '0', 1024],
    ['PAX', '2000', 0],
  ])('lets the PAX size win where %s says something else', (_, size, real) => {
    const inner = Buffer.concat([rawHeader({ name: 'smuggled' }), Buffer.alloc(512)]);
    const { entries } = read(
      archive(
        pax(`size=${String(real)}`),
        rawHeader({ name: 'f', size }),
        inner.subarray(0, real),
        rawHeader({ name: 'last' }),
      ),
    );
    expect(entries.map(({ path, size: read }) => [path, read])).toEqual([
      ['f', real],
      ['last', 0],
    ]);
  });

  it('lets the last of two headers count alone', () => {
    expect(only(pax('path=a', 'uid=5'), pax('path=b'), rawHeader({ name: 'n' }))).toMatchObject({
      path: 'b',
      uid: 0,
    });
  });

  it('ignores harmless global headers', () => {
    const global = rawFile({ name: 'g', typeflag: 'g' }, paxRecords('comment=0123abcd', 'uid=7', 'mtime=5'));
    expect(only(global, rawHeader({ name: 'f' }))).toMatchObject({ path: 'f', uid: 0, mtimeNs: 0n });
    expect(read(archive(global)).entries).toEqual([]);
  });

  it.each(['path=x', 'linkpath=x', 'size=1'])(
    'refuses a global %s, which tools read differently',
    (record) => {
      const global = rawFile({ name: 'g', typeflag: 'g' }, paxRecords(record));
      expectArchiveError(archive(global, rawHeader({ name: 'f' })), /global PAX header/);
    },
  );

  it.each<[string, string, RegExp]>([
    ['a length that is too small', '7 path=a\n', /wrong length/],
    ['a length that is too large', '99 path=a\n', /wrong length/],
    ['a length of nothing', '0 path=a\n', /wrong length/],
    ['a length that is no number', 'x path=a\n', /wrong length/],
    ['a negative length', '-9 path=a\n', /wrong length/],
    ['an absurd length', '9999999999999999999999 path=a\n', /wrong length/],
    ['no newline', '9 path=ab', /wrong length/],
    ['no space', 'path=a\n', /wrong length/],
    ['no equals sign', '9 pathxx\n', /no key/],
    ['no key', '6 =ab\n', /no key/],
    ['NUL in a path', paxRecords('path=a\0'), /NUL/],
    ['NUL in a key', paxRecords('pa\0h=ab'), /NUL/],
    ['zeros at the end', `${paxRecords('path=a')}\0\0`, /wrong length/],
    ['an owner that is no number', paxRecords('uid=0x1'), /not a number/],
    ['a size that is no number', paxRecords('size=1 '), /not a number/],
    ['a negative size', paxRecords('size=-1'), /negative/],
    ['a size beyond 64 bits', paxRecords('size=9223372036854775808'), /64 bits/],
    ['a time that is no number', paxRecords('mtime=1.2.3'), /not a time/],
    ['an atime that is no number', paxRecords('atime=soon'), /not a time/],
  ])('refuses %s', (_, content, message) => {
    expectArchiveError(
      archive(rawFile({ name: 'p', typeflag: 'x' }, content), rawHeader({ name: 'f' })),
      message,
    );
  });

  it('refuses a global header between an extended header and its entry', () => {
    const global = rawFile({ name: 'g', typeflag: 'g' }, paxRecords('comment=x'));
    expectArchiveError(archive(pax('path=a'), global, rawHeader({ name: 'f' })), /global header/);
  });
});

describe('sparse files', () => {
  it.each<[string, Buffer[]]>([
    ['old GNU', [rawHeader({ name: 's', typeflag: 'S', ...gnu })]],
    ['PAX 0.0', [pax('GNU.sparse.size=10', 'GNU.sparse.numblocks=0'), rawHeader({ name: 's' })]],
    ['PAX 1.0', [pax('GNU.sparse.major=1', 'GNU.sparse.minor=0'), rawHeader({ name: 's' })]],
  ])('are refused with a hint: %s', (_, parts) => {
    expectArchiveError(archive(...parts), /sparse/);
    expect(() => parse(archive(...parts))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--sparse') as string }),
    );
  });
});

describe('the end', () => {
  const one = rawFile({ name: 'a' }, 'content');

  it.each<[string, Buffer]>([
    ['two zero blocks', archive(one)],
    ['no end marker', one],
    ['half an end marker', Buffer.concat([one, Buffer.alloc(512)])],
    ['more zeros', archive(one, Buffer.alloc(9216))],
    ['another archive behind it', Buffer.concat([archive(one), archive(one)])],
    ['garbage behind it', Buffer.concat([archive(one), Buffer.alloc(700, 'x')])],
    ['no padding after the last file', one.subarray(0, 512 + 7)],
    ['part of the padding', one.subarray(0, 512 + 100)],
  ])('may be %s', (_, bytes) => {
    expect(read(bytes)).toMatchObject({ entries: [{ path: 'a' }], contents: ['content'] });
  });

  it('may come at once', () => {
    expect(read(Buffer.alloc(0)).entries).toEqual([]);
    expect(read(END).entries).toEqual([]);
  });

  it.each<[string, Buffer, RegExp]>([
    ['in a header', Buffer.concat([one, one.subarray(0, 100)]), /middle of an entry/],
    ['in content', one.subarray(0, 512 + 3), /middle of an entry/],
    ['before content', one.subarray(0, 512), /middle of an entry/],
    ['in the end marker', Buffer.concat([one, Buffer.alloc(600)]), /middle of an entry/],
    ['in a PAX header', pax('path=abc').subarray(0, 515), /middle of an entry/],
    ['after a PAX header', pax('path=abc'), /after an extended header/],
    ['after a PAX header, marked', archive(pax('path=abc')), /after an extended header/],
    ['after a long name', archive(long('L', 'abc')), /after an extended header/],
    ['by one zero block and no second', Buffer.concat([Buffer.alloc(512), one]), /half an end marker/],
  ])('may not come %s', (_, bytes, message) => {
    expectArchiveError(bytes, message);
  });
});

describe('limits', () => {
  it.each<[string, Partial<TarLimits>, (size: number) => Buffer, number]>([
    ['PAX headers', {}, (size) => pax(`x=${'a'.repeat(size - 11)}`), 1 << 20],
    ['long names', { pathBytes: 1 << 20 }, (size) => rawFile({ typeflag: 'L' }, 'n'.repeat(size)), 1 << 20],
    ['names', {}, (size) => pax(`path=${'n'.repeat(size)}`), 4095],
    ['link targets', {}, (size) => pax(`linkpath=${'n'.repeat(size)}`), 4095],
    ['names of attributes', {}, (size) => pax(`SCHILY.xattr.${'n'.repeat(size)}=v`), 255],
    ['values of attributes', {}, (size) => pax(`SCHILY.xattr.user.a=${'v'.repeat(size)}`), 65_536],
    [
      'entries',
      { headers: 3 },
      (size) => Buffer.concat(Array.from({ length: size - 1 }, () => rawHeader({ name: 'a' }))),
      3,
    ],
  ])('hold for %s', (_, limits, make, limit) => {
    const link = rawHeader({ name: 's', typeflag: '2', linkname: 't' });
    expect(parse(archive(make(limit), link), { limits }).entries.length).toBeGreaterThan(0);
    expect(() => parse(archive(make(limit + 1), link), { limits })).toThrow(/limit/);
  });

  it('hold for the size of a file before its content is there', () => {
    const limits = { fileBytes: 5 };
    expect(parse(archive(rawFile({ name: 'f' }, '12345')), { limits }).contents).toEqual(['12345']);
    expectArchiveError(rawHeader({ name: 'f', size: '6' }), /too large/, limits);
  });

  it('refuse a PAX header by its size alone', () => {
    expectArchiveError(
      rawHeader({ name: 'p', typeflag: 'x', size: '77777777777' }),
      /extended header is too long/,
    );
  });
});
