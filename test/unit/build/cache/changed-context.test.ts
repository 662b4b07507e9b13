import { chmodSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryCache, type CacheStore } from '../../../../src/cache/index.ts';
import type { BuiltImage } from '../../../../src/build/index.ts';
import { buildInMemory, type BuildHooks } from '../../../support/build-in-memory.ts';

const FILES = { 'a.txt': 'old', 'd/b.txt': 'b', '.dockerignore': 'ignored' };
const FILE = 'FROM base\nCOPY a.txt /a\nCOPY d /d\nWORKDIR /w';
const spec = { sourceDateEpoch: 1_700_000_000 };

const layersOf = ({ layers }: BuiltImage): readonly string[] => layers.map(({ diffId }) => diffId);

/** Builds with something happening in the middle; what was warned of. */
async function disturbed(cache: CacheStore, hooks: BuildHooks, file = FILE): Promise<string[]> {
  const warned: string[] = [];
  const reporter = { warn: (text: string) => void warned.push(text) };
  await buildInMemory(file, { files: FILES, spec, cache, hooks, reporter });
  return warned;
}

/** With a cache and without, of the files as they were and as they are now. */
async function expectTrue(
  cache: CacheStore,
  now: Readonly<Record<string, string>>,
  file = FILE,
): Promise<void> {
  for (const files of [FILES, { ...FILES, ...now }, FILES]) {
    const plain = await buildInMemory(file, { files, spec });
    const cached = await buildInMemory(file, { files, spec, cache });
    expect(layersOf(cached)).toEqual(layersOf(plain));
  }
}

const change = (context: string): void => writeFileSync(join(context, 'a.txt'), 'new');

describe('a file that is changed', () => {
  it('between keys and copy leaves no wrong entry, and one warning', async () => {
    const cache = memoryCache();
    const warned = await disturbed(cache, { foreseen: change });
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(/files of the build context changed/);
    await expectTrue(cache, { 'a.txt': 'new' });
  });

  it('while its layer is written leaves no wrong entry', async () => {
    const cache = memoryCache();
    expect(await disturbed(cache, { written: change })).toHaveLength(1);
    await expectTrue(cache, { 'a.txt': 'new' });
  });

  it('and changed back is noticed', async () => {
    const cache = memoryCache();
    const foreseen = (context: string): void => {
      change(context);
      writeFileSync(join(context, 'a.txt'), 'old');
    };
    expect(await disturbed(cache, { foreseen })).toHaveLength(1);
  });

  it('by nothing but its mode is noticed', async () => {
    const cache = memoryCache();
    const foreseen = (context: string): void => chmodSync(join(context, 'd/b.txt'), 0o600);
    expect(await disturbed(cache, { foreseen })).toHaveLength(1);
    await expectTrue(cache, {});
  });

  it('spoils nothing that was made before it and in stages without it', async () => {
    const cache = memoryCache();
    const file =
      'FROM base AS other\nWORKDIR /other\nFROM base\nCOPY d /d\nCOPY a.txt /a\nCOPY d /e\nCOPY --from=other /other /';
    await disturbed(cache, { foreseen: change }, file);
    const { outcomes } = await buildInMemory(file, { files: FILES, spec, cache });
    expect(Object.fromEntries(outcomes.map(({ name, hit }) => [name, hit]))).toEqual({
      'other 1 WORKDIR': true,
      'stage-1 1 COPY': true,
      'stage-1 2 COPY': false,
      'stage-1 3 COPY': false,
      'stage-1 4 COPY': false,
    });
  });

  it('spoils what is copied out of the stage it is in', async () => {
    const cache = memoryCache();
    const file =
      'FROM base AS first\nCOPY a.txt /a\nFROM base\nCOPY --from=first /a /b\nFROM first AS last\nWORKDIR /x\nFROM last\nCOPY --from=1 /b /b';
    await disturbed(cache, { foreseen: change }, file);
    await expectTrue(cache, { 'a.txt': 'new' }, file);
  });
});

it.each([
  ['added', (context: string) => writeFileSync(join(context, 'd/more'), 'x')],
  ['removed', (context: string) => unlinkSync(join(context, 'd/b.txt'))],
  ['a directory', (context: string) => mkdirSync(join(context, 'd/empty'))],
  ['a link', (context: string) => symlinkSync('b.txt', join(context, 'd/link'))],
])('what is %s in a directory is noticed', async (_what, foreseen) => {
  const cache = memoryCache();
  expect(await disturbed(cache, { foreseen })).toHaveLength(1);
  await expectTrue(cache, {});
});

it('what is ignored may change, and nothing else has to be kept', async () => {
  const cache = memoryCache();
  const foreseen = (context: string): void => {
    mkdirSync(join(context, 'ignored'));
    writeFileSync(join(context, 'ignored/file'), '');
    rmSync(join(context, 'Dockerfile'));
    writeFileSync(join(context, 'Dockerfile'), FILE);
  };
  expect(
    await disturbed(cache, { foreseen, written: (context) => chmodSync(join(context, 'ignored'), 0o700) }),
  ).toEqual([]);
  const { outcomes } = await buildInMemory(FILE, { files: FILES, spec, cache });
  expect(outcomes.every(({ hit }) => hit)).toBe(true);
});

it('another Dockerfile takes nothing of what was foreseen of the first', async () => {
  const cache = memoryCache();
  await buildInMemory(FILE, { files: FILES, spec, cache });
  const other = FILE.replace('COPY a.txt /a', 'COPY a.txt /other');
  const foreseen = (context: string): void => writeFileSync(join(context, 'Dockerfile'), other);
  const built = await buildInMemory(FILE, { files: FILES, spec, cache, hooks: { foreseen } });
  expect(layersOf(built)).toEqual(layersOf(await buildInMemory(other, { files: FILES, spec })));
});
