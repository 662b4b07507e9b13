import { describe, expect, it } from 'vitest';
import { packArchive, type PackedFile } from '../../../src/tar/index.ts';
import { chunksOf, collect, parse } from './fixtures.ts';

const MTIME = new Date(1_700_000_000_000);

async function* files(...list: (readonly [string, Buffer, number?])[]): AsyncGenerator<PackedFile> {
  for (const [name, bytes, size = bytes.length] of list)
    yield await Promise.resolve({ name, size, content: chunksOf(bytes, 50_000), mtime: MTIME });
}

describe('packArchive', () => {
  it('packs files of any size, none too', async () => {
    const large = Buffer.alloc(1_000_001, 'layer');
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}`;
    const archive = await collect(
      packArchive(files(['a.json', Buffer.from('{}')], [long, large], ['none', Buffer.alloc(0)])),
    );
    const { entries, contents } = parse(archive);
    expect(entries.map(({ path, size, mode, uid, mtimeNs }) => [path, size, mode, uid, mtimeNs])).toEqual(
      ['a.json', long, 'none'].map((name, at) => [
        name,
        [2, 1_000_001, 0][at],
        0o644,
        0,
        1_700_000_000_000_000_000n,
      ]),
    );
    expect([contents[0], contents[2], contents[1] === large.toString('latin1')]).toEqual(['{}', '', true]);
  });

  it.each([-1, 1])('throws where a content is not as long as it said (%i)', async (difference) => {
    const bytes = Buffer.alloc(1000);
    await expect(collect(packArchive(files(['a', bytes, 1000 + difference])))).rejects.toThrow(/size/i);
  });

  it('passes on what reading throws, also while files are listed', async () => {
    const broken = (): AsyncIterable<never> => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('registry gone')) }),
    });
    const one = { name: 'a', size: 5, content: broken(), mtime: MTIME };
    async function* listed() {
      yield await Promise.resolve(one);
    }
    await expect(collect(packArchive(listed()))).rejects.toThrow('registry gone');
    await expect(collect(packArchive(broken()))).rejects.toThrow('registry gone');
  });

  it('closes what it reads when nobody wants the rest', async () => {
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield await Promise.resolve(Buffer.alloc(100_000));
      } finally {
        closed = true;
      }
    }
    async function* listed() {
      yield await Promise.resolve({ name: 'a', size: 1e9, content: endless(), mtime: MTIME });
    }
    for await (const chunk of packArchive(listed())) if (chunk.length > 512) break;
    expect(closed).toBe(true);
  });
});
