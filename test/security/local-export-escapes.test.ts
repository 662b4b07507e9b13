import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../src/content/index.ts';
import { locateMembers, unpackTree, writeLayer, type Layer } from '../../src/layer/index.ts';
import type { TarMember } from '../../src/tar/index.ts';
import { file, member } from '../unit/layer/fixtures.ts';

let directory: string;
let store: DirectoryStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'local-export-'));
  store = new DirectoryStore(join(directory, 'store'));
  mkdirSync(join(directory, 'outside'));
  writeFileSync(join(directory, 'outside/victim'), 'untouched');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const at = (name: string): string => join(directory, name);

/** Writes what the layers make together into `out`. */
async function exported(...layers: readonly (readonly TarMember[])[]): Promise<void> {
  const written: Layer[] = [];
  for (const members of layers) written.push(await writeLayer(members, store, {}));
  await unpackTree(await locateMembers(written, store), written, store, at('out'));
}

function expectUntouched(): void {
  expect(readdirSync(at('outside'))).toEqual(['victim']);
  expect(readFileSync(at('outside/victim'), 'utf8')).toBe('untouched');
}

describe('an image written into a directory', () => {
  it('does not write through a link of its own', async () => {
    await exported([member(`link -> ${at('outside')}`), file('link/victim', 'taken')]);
    expectUntouched();
  });

  it('does not write through a link that an earlier layer left', async () => {
    await exported([member('link -> ../outside')], [file('link/victim', 'taken')]);
    expectUntouched();
  });

  it('does not write through a link that stands in the directory', async () => {
    mkdirSync(at('out'));
    symlinkSync('../outside', at('out/d'));
    symlinkSync('../outside/victim', at('out/f'));
    await exported([member('d/'), file('d/victim', 'own'), file('f', 'own')]);
    expectUntouched();
    expect(lstatSync(at('out/d')).isDirectory()).toBe(true);
    expect(readFileSync(at('out/d/victim'), 'utf8')).toBe('own');
    expect(readFileSync(at('out/f'), 'utf8')).toBe('own');
  });

  it('does not climb out', async () => {
    await expect(exported([file('../outside/victim', 'taken')])).rejects.toMatchObject({ code: 'ARCHIVE' });
    await expect(exported([file('a/../../outside/victim', 'taken')])).rejects.toMatchObject({
      code: 'ARCHIVE',
    });
    expectUntouched();
  });

  it('links to no file outside', async () => {
    const link = member('l', { type: 'hardlink', linkname: file('../outside/victim', '').path });
    await expect(exported([link])).rejects.toMatchObject({ code: 'ARCHIVE' });
    expectUntouched();
  });

  it('removes no directory to make room for a file, and writes nothing then', async () => {
    mkdirSync(at('out/kept'), { recursive: true });
    writeFileSync(at('out/kept/file'), 'mine');
    await expect(exported([file('a', 'x'), file('kept', 'x')])).rejects.toMatchObject({ code: 'FILESYSTEM' });
    expect(readFileSync(at('out/kept/file'), 'utf8')).toBe('mine');
    expect(existsSync(at('out/a'))).toBe(false);
  });

  it('makes no device', async () => {
    await exported([member('null', { type: 'char', devMajor: 1, devMinor: 3 }), file('f', 'x')]);
    expect(readdirSync(at('out'))).toEqual(['f']);
  });

  it('removes nothing that only it says it removed', async () => {
    mkdirSync(at('out'));
    writeFileSync(at('out/mine'), 'mine');
    await exported([file('mine', 'theirs'), file('b', 'x')], [member('.wh.mine')]);
    expect(readFileSync(at('out/mine'), 'utf8')).toBe('mine');
  });

  it('is never written over the root directory', async () => {
    // Without a file in it: a build that fails this test must not change the machine.
    const layer = await writeLayer([], store, {});
    const tree = await locateMembers([layer], store);
    symlinkSync('/', at('root'));
    for (const path of ['/', '/../', at('root')])
      await expect(unpackTree(tree, [layer], store, path)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('is all there where it is harmless', async () => {
    await exported(
      [member('d/'), file('d/a', 'old'), member('d/l -> a'), member('gone/'), file('gone/x', 'x')],
      [file('d/a', 'new'), member('.wh.gone')],
    );
    expect(readdirSync(at('out'))).toEqual(['d']);
    expect(readFileSync(at('out/d/l'), 'utf8')).toBe('new');
  });
});
