import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import type { Change } from '../../../src/snapshot/index.ts';
import { ignoreRule } from '../../../src/snapshot/index.ts';
import { diffStates } from '../../../src/snapshot/scan-diff.ts';
import { readTreeState } from '../../../src/snapshot/tree-state.ts';

let root = '';
const at = (name: string): string => join(root, name);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scan-'));
  mkdirSync(at('d/sub'), { recursive: true });
  writeFileSync(at('f'), 'text');
  writeFileSync(at('d/in'), 'in');
  for (const name of ['f', 'd/in', 'd/sub', 'd']) utimesSync(at(name), 1000, 1000);
});
afterEach(() => rmSync(root, { recursive: true }));

async function changes(work: () => void | Promise<void>): Promise<string[]> {
  const ignored = ignoreRule([]);
  const before = readTreeState(fromText(root), ignored);
  // What changes in the same tick of the file system's clock has the same ctime.
  while (now() <= before.newestChangeNs);
  await work();
  return diffStates(fromText(root), before, readTreeState(fromText(root), ignored)).map(described);
}

/** The time a change gets that is made now. */
function now(): bigint {
  const file = `${root}.tick`;
  writeFileSync(file, '');
  const { ctimeNs } = statSync(file, { bigint: true });
  rmSync(file);
  return ctimeNs;
}

function described(change: Change): string {
  return change.kind === 'removed'
    ? `removed ${change.path}`
    : `${change.kind} ${change.member.type} ${change.member.path} ${change.member.linkname}`.trimEnd();
}

describe('diffStates', () => {
  it('is empty where nothing happened', async () => {
    expect(await changes(() => undefined)).toEqual([]);
  });

  it('sees other bytes behind the same size and time', async () => {
    const work = (): void => {
      writeFileSync(at('f'), 'TEXT');
      utimesSync(at('f'), 1000, 1000);
    };
    expect(await changes(work)).toEqual(['modified file f']);
  });

  it('sees modes, and leaves alone directories whose contents came and went', async () => {
    expect(await changes(() => chmodSync(at('d'), 0o700))).toEqual(['modified directory d']);
    const work = (): void => {
      writeFileSync(at('d/t'), '');
      rmSync(at('d/t'));
      utimesSync(at('d'), 1000.0004, 1000.0004);
    };
    expect(await changes(work)).toEqual([]);
  });

  it('names a removed tree by its top, and not at all where a file took its place', async () => {
    expect(await changes(() => renameSync(at('d'), at('e')))).toEqual([
      'added directory e',
      'added file e/in',
      'added directory e/sub',
      'removed d',
    ]);
    const work = (): void => {
      rmSync(at('e'), { recursive: true });
      symlinkSync('f', at('e'));
    };
    expect(await changes(work)).toEqual(['modified symlink e f']);
  });

  it('links later names of a file to the first one', async () => {
    const work = (): void => {
      writeFileSync(at('d/z'), 'z');
      linkSync(at('d/z'), at('d.a'));
    };
    expect((await changes(work)).sort()).toEqual([
      'added file d.a',
      'added hardlink d/z d.a',
      'modified directory d',
    ]);
  });

  it('leaves out sockets, and removes what one replaced', async () => {
    const server = createServer();
    const listen = (name: string): Promise<void> =>
      new Promise((resolve) => void server.listen(at(name), () => resolve()));
    try {
      const work = async (): Promise<void> => {
        rmSync(at('f'));
        await listen('f');
      };
      expect(await changes(work)).toEqual(['removed f']);
    } finally {
      server.close();
    }
  });
});
