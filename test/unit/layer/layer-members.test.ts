import { describe, expect, it } from 'vitest';
import { layerMembers } from '../../../src/layer/index.ts';
import { change, file, member, shown } from './fixtures.ts';

const paths = (...texts: string[]) => layerMembers(texts.map(change)).map(shown);

describe('layerMembers', () => {
  it.each<[string, string[], string[]]>([
    ['nothing', [], []],
    ['entries sorted bytewise, parents first', ['b', 'a/x', 'a-b', 'a/'], ['a/', 'a-b', 'a/x', 'b']],
    ['a removal', ['-etc/motd'], ['etc/.wh.motd']],
    ['a removal at the top', ['-motd'], ['.wh.motd']],
    ['removals stand among the entries', ['-d/b', 'd/a', 'd/'], ['d/', 'd/.wh.b', 'd/a']],
    ['a removed tree is one whiteout', ['-d', '-d/x', '-d/x/y'], ['.wh.d']],
    ['but not one of a longer name', ['-d', '-d2/x'], ['.wh.d', 'd2/.wh.x']],
    ['a file that takes the place of what was removed', ['-d', 'd'], ['d']],
    ['a symlink in the place of a directory', ['-d', '-d/x', 'd -> e'], ['d -> e']],
    ['no whiteouts below what is no directory any more', ['-d/x', 'd'], ['d']],
    ['a new directory in the place of an old one', ['-d', 'd/', 'd/ x'], ['d/', 'd/.wh..wh..opq', 'd/ x']],
    ['its old children need no whiteouts', ['-d', 'd/', '-d/x'], ['d/', 'd/.wh..wh..opq']],
  ])('%s', (_, changes, expected) => {
    expect(paths(...changes)).toEqual(expected);
  });

  it('writes whiteouts as containerd does', () => {
    expect(layerMembers([change('-a/b')])).toEqual([member('a/.wh.b', { mode: 0 })]);
  });

  it.each(['.wh.x', 'd/.wh.x', 'd/.wh..wh..opq', '.wh.d/x', '-.wh.x', '-d/.wh.x'])('refuses %s', (text) => {
    expect(() => layerMembers([change(text)])).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  it('takes names that only look similar', () => {
    expect(paths('a.wh.b', '.whx', 'd/.wh')).toEqual(['.whx', 'a.wh.b', 'd/.wh']);
  });

  it('makes the first name of a linked file the file', () => {
    const target = file('d/x', 'text', { uid: 7, content: { kind: 'file', path: member('/root/d/x').path } });
    const [first, second, third] = layerMembers([
      { kind: 'added', member: target },
      { kind: 'added', member: member('d-b = d/x') },
      { kind: 'added', member: member('e = d/x') },
    ]);
    expect(first).toEqual({ ...target, path: 'd-b' });
    expect(second).toMatchObject({ path: 'd/x', type: 'hardlink', linkname: 'd-b', size: 0, uid: 7 });
    expect(second?.content).toBeUndefined();
    expect(third).toMatchObject({ path: 'e', linkname: 'd-b' });
  });

  it('leaves links to files of lower layers alone', () => {
    expect(paths('b = a')).toEqual(['b = a']);
  });

  it('does not depend on the order of the changes', () => {
    const texts = ['d/', 'd/a', '-d/b', 'c = d/a', '-e', 'f -> d'];
    expect(paths(...texts.toReversed())).toEqual(paths(...texts));
  });
});
