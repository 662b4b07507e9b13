import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeScratch, sweepStale } from '../../../../src/isolation/index.ts';
import { claimStale } from '../../../../src/isolation/scratch/claim-stale.ts';
import { readOwner } from '../../../../src/isolation/scratch/owner-mark.ts';
import { runSync } from '../../../../src/process/index.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'claim-stale-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const at = (name: string): string => join(parent, name);
const MODULE = JSON.stringify(new URL('../../../../src/isolation/index.ts', import.meta.url).href);

/** Runs a script that knows makeScratch in a process of its own, which kills itself at the end. */
function killed(script: string, directory = parent): void {
  const source = `const { makeScratch } = await import(${MODULE}); const parent = process.argv[1];
${script}
process.kill(process.pid, 'SIGKILL');`;
  const result = runSync(process.execPath, ['--input-type=module', '-e', source, directory]);
  expect([result.signal, result.stderr]).toEqual(['SIGKILL', '']);
}

const FILL = `
const { writeFileSync, mkdirSync, symlinkSync } = await import('node:fs');
const { directory } = await makeScratch(parent, 'mountns');
mkdirSync(directory + '/trees0');
writeFileSync(directory + '/trees0/file', '');`;

describe('the scratch directory of a killed process', () => {
  it('is removed with all that is in it, and nothing that links in it lead to', async () => {
    const victim = mkdtempSync(join(tmpdir(), 'claim-victim-'));
    writeFileSync(join(victim, 'file'), '');
    killed(`${FILL} symlinkSync(${JSON.stringify(victim)}, directory + '/link');`);
    expect(readdirSync(parent)).toHaveLength(1);
    expect(await sweepStale([parent, parent], {})).toBe(1);
    expect([readdirSync(parent), readdirSync(victim)]).toEqual([[], ['file']]);
    rmSync(victim, { recursive: true });
  });

  it('is told by its mark wherever it is found, however long the path', async () => {
    const deep = join(parent, 'd'.repeat(100), 'e'.repeat(100));
    mkdirSync(deep, { recursive: true });
    killed(FILL, deep);
    const living = await makeScratch(deep);
    expect(await sweepStale([deep], {})).toBe(1);
    expect(existsSync(living.directory)).toBe(true);
    await living.release();
  });

  it('is removed where the process was killed before the mark was complete, or while it removed', async () => {
    killed(`const { default: fs } = await import('node:fs');
fs.renameSync = () => process.kill(process.pid, 'SIGKILL');
fs.writeFileSync(parent + '/unrelated', '');
(await import('node:module')).syncBuiltinESMExports();
await makeScratch(parent);`);
    expect(readdirSync(parent).filter((name) => name.startsWith('ts-kaniko-new-'))).toHaveLength(1);
    mkdirSync(at('ts-kaniko-gone-1-abc/half'), { recursive: true });
    expect(await sweepStale([parent], {})).toBe(2);
    expect(readdirSync(parent)).toEqual(['unrelated']);
  });
});

describe('what is left alone', () => {
  it('is the directory of a living process', async () => {
    const scratch = await makeScratch(parent);
    expect(await claimStale(parent, [])).toEqual([]);
    expect(existsSync(scratch.directory)).toBe(true);
    await scratch.release();
    expect(await claimStale(parent, [])).toHaveLength(1);
  });

  it('is in a place of this container alone what a living process of it has, and nothing else', async () => {
    const scratch = await makeScratch(parent, 'inplace', { isOwnPlace: true });
    expect(readdirSync(scratch.directory)).toEqual(['.owner']);
    expect(await claimStale(parent, [], true)).toEqual([]);
    const owner = readOwner(scratch.directory);
    const before = JSON.stringify({ ...owner, processes: 'pid:[1]' });
    writeFileSync(join(scratch.directory, '.owner'), before);
    expect(await claimStale(parent, [])).toEqual([]);
    expect(await claimStale(parent, [], true)).toHaveLength(1);
  });

  it('is one of a process that only its socket tells of: that of another container', async () => {
    const scratch = await makeScratch(parent);
    const file = join(scratch.directory, '.owner');
    const { boot } = readOwner(scratch.directory) ?? {};
    writeFileSync(file, JSON.stringify({ pid: 1, started: '0', boot, processes: 'pid:[1]' }));
    expect(await claimStale(parent, [])).toEqual([]);
    await scratch.release();
    rmSync(join(scratch.directory, '.alive'), { force: true });
    // Without a socket nothing can be told.
    expect(await claimStale(parent, [])).toEqual([]);
  });

  it('is what has no mark, is no directory, or has another name', async () => {
    mkdirSync(at('ts-kaniko-test-cache-0'));
    mkdirSync(at('other'));
    writeFileSync(at('ts-kaniko-gone-file'), '');
    killed(FILL);
    const [name = ''] = readdirSync(parent).filter((one) => /^ts-kaniko-\w{6}$/.test(one));
    renameSync(at(name), at('moved'));
    symlinkSync(at('moved'), at('ts-kaniko-gone-link'));
    expect(await sweepStale([parent, at('absent')], {})).toBe(0);
    expect(readdirSync(parent)).toHaveLength(5);
    expect(readdirSync(at('moved')).length).toBeGreaterThan(0);
  });

  it('is one of before the machine was started last, where other machines write as well', async () => {
    const mark = { pid: 1, started: '0', boot: 'another', processes: 'pid:[1]' };
    mkdirSync(at('ts-kaniko-abcdef'));
    writeFileSync(at('ts-kaniko-abcdef/.owner'), JSON.stringify(mark));
    const mount = (fsType: string) => [{ mountPoint: parent, fsType, options: ['rw'] }];
    for (const type of ['nfs4', 'fuse.sshfs', '9p'])
      expect(await claimStale(parent, mount(type))).toEqual([]);
    expect(await claimStale(parent, mount('ext4'))).toHaveLength(1);
  });
});
