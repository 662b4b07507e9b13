import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findScratch, placeLine } from '../../../../src/isolation/index.ts';
import { weighPlaces } from '../../../../src/isolation/scratch/weigh-places.ts';

let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'find-scratch-')));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);
const mount = (mountPoint: string, fsType: string, options = ['rw']) => ({ mountPoint, fsType, options });
const place = (path: string) => ({ origin: path, directory: path });

describe('weighPlaces', () => {
  it('finds what speaks against a place, by its mount and by what it is', () => {
    mkdirSync(at('context/below'), { recursive: true });
    writeFileSync(at('file'), '');
    symlinkSync(at('plain'), at('link'));
    const mounts = [
      mount('/', 'ext4'),
      mount(at('overlay'), 'overlay'),
      mount(at('noexec'), 'xfs', ['noexec']),
    ];
    const names = ['plain', 'overlay', 'noexec', 'context/below', 'file', 'link'];
    const weighed = weighPlaces(
      names.map((name) => place(at(name))),
      mounts,
      [at('context')],
    );
    const about = weighed.map(({ directory: path, fsType, drawbacks, problem }) => [
      path.slice(directory.length + 1),
      ...[fsType, ...drawbacks.filter((text) => !text.endsWith(' free')), problem],
    ]);
    expect(about).toEqual([
      ['plain', 'ext4', undefined],
      ['overlay', 'overlay', 'on an overlay, which can hold no other', undefined],
      ['noexec', 'xfs', 'mounted noexec', undefined],
      ['context/below', 'ext4', 'in the build context', undefined],
      ['file', 'unknown', expect.stringMatching(/EEXIST|ENOTDIR/)],
    ]);
    const [plain, ...others] = weighed;
    for (const other of others) expect(other.weight).toBeGreaterThan(plain?.weight ?? 0);
  });
});

describe('findScratch', () => {
  const only = 'none' as const;

  it('takes the directory that was asked for, whatever else there is, and makes it', async () => {
    const found = await findScratch({ wanted: at('new/one'), env: { RUNNER_TEMP: at('temp') }, only });
    expect(found.place).toMatchObject({ directory: at('new/one') });
    expect(found.places).toHaveLength(1);
    expect(placeLine(found)).toMatch(/^scratch space: .*new\/one \(asked for, \w+, [0-9.]+ GiB free/);
    expect(readdirSync(at('new/one'))).toEqual([]);
  });

  it('passes over what cannot be used and what is in the context, and says so', async () => {
    writeFileSync(at('file'), '');
    mkdirSync(at('context'));
    const env = { RUNNER_TEMP: at('file'), TMPDIR: at('context/tmp') };
    const found = await findScratch({ env, contexts: [at('context')], only });
    expect(found.place.origin).toBe('/tmp');
    expect(placeLine(found)).toMatch(
      /; not \S+file \(RUNNER_TEMP\): it cannot be written to \(E\w+\); not \S+tmp \(TMPDIR\): in the build context/,
    );
  });

  it('fails by name where the directory asked for cannot be had', async () => {
    writeFileSync(at('file'), '');
    await expect(findScratch({ wanted: at('file'), env: {}, only })).rejects.toMatchObject({
      code: 'FILESYSTEM',
      message: expect.stringContaining(at('file')),
      hint: expect.stringContaining('name another directory'),
    });
  });
});
