import { describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { archiveTrees, locateMembers, writeLayer, type Layer } from '../../../src/layer/index.ts';
import { TarParser, type TarMember } from '../../../src/tar/index.ts';
import { FakeStore, file, member, Recorder } from './fixtures.ts';

/** The archive of what the layers make together. */
async function flat(layers: readonly (readonly TarMember[])[], directory = '', maxMtimeNs?: bigint) {
  const store = new FakeStore();
  const written: Layer[] = [];
  for (const members of layers) written.push(await writeLayer(members, store, {}));
  const tree = { tree: await locateMembers(written, store), layers: written, directory: fromText(directory) };
  const chunks: Buffer[] = [];
  await archiveTrees([tree], store, (chunk) => void chunks.push(Buffer.from(chunk)), { maxMtimeNs });
  const bytes = Buffer.concat(chunks);
  const recorder = new Recorder();
  const parser = new TarParser(recorder);
  parser.write(bytes);
  parser.finish();
  const names = recorder.entries.map(({ path, type, linkname }) =>
    type === 'directory'
      ? `${path}/`
      : linkname === ''
        ? path
        : `${path} ${type === 'symlink' ? '->' : '='} ${linkname}`,
  );
  return {
    bytes,
    names,
    text: (path: string) => recorder.contents.get(fromText(path)),
    entries: recorder.entries,
  };
}

describe('layers as one tree', () => {
  it('have what is left, content from the layer that brought it last', async () => {
    const { names, text } = await flat([
      [member('d/'), file('d/a', 'old'), file('d/b', 'b'), file('z', 'z')],
      [file('d/a', 'new'), member('.wh.z'), file('empty', '')],
    ]);
    expect(names).toEqual(['d/', 'empty', 'd/b', 'd/a']);
    expect([text('d/a'), text('d/b')]).toEqual(['new', 'b']);
  });

  it('keep a file whose first name is gone, and the links between its other names', async () => {
    const link = (path: string, to: string) => member(path, { type: 'hardlink', linkname: fromText(to) });
    const { names, text } = await flat([
      [file('a', 'one'), link('b', 'a'), link('c', 'a')],
      [member('.wh.a'), file('d', 'two')],
      [link('e', 'b')],
    ]);
    expect(names).toEqual(['b', 'c = b', 'e = b', 'd']);
    expect(text('b')).toBe('one');
  });

  it('drop what an opaque directory hid, and put files where links of directories lead', async () => {
    const { names } = await flat([
      [member('d/'), file('d/old', 'x'), member('real/'), member('link -> real')],
      [member('d/'), member('d/.wh..wh..opq'), file('d/new', 'y'), file('link/f', 'f')],
    ]);
    expect(names).toEqual(['d/', 'link -> real', 'real/', 'd/new', 'real/f']);
  });

  it('can stand in a directory, no time later than a limit, and are the same bytes again', async () => {
    const layers = [
      [file('a', 'a', { mtimeNs: 9_000_000_000n }), member('b -> a', { mtimeNs: 1_000_000_000n })],
    ];
    const first = await flat(layers, 'linux_amd64', 5_000_000_000n);
    expect(first.names).toEqual(['linux_amd64/', 'linux_amd64/b -> a', 'linux_amd64/a']);
    expect(first.entries.map(({ mtimeNs }) => mtimeNs)).toEqual([0n, 1_000_000_000n, 5_000_000_000n]);
    expect((await flat(layers, 'linux_amd64', 5_000_000_000n)).bytes.equals(first.bytes)).toBe(true);
  });
});
