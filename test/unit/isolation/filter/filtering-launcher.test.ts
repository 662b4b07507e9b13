import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callFilter } from '../../../../src/isolation/filter/call-filter.ts';
import { filteringLauncher, isFilteredMachine } from '../../../../src/isolation/filter/filtering-launcher.ts';

const machine = process.arch;
const filter = isFilteredMachine(machine)
  ? callFilter({ calls: ['fchownat', 'chown', 'fchown', 'lchown'], fate: 'pretended' }, machine)
  : Buffer.alloc(0);

let directory: string;
let launcher: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'launcher-'));
  launcher = join(directory, 'launcher');
  if (isFilteredMachine(machine))
    writeFileSync(launcher, filteringLauncher(filter, machine), { mode: 0o755 });
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = (...words: string[]) => spawnSync(launcher, words, { encoding: 'utf8', env: { A: 'b c' } });

describe.skipIf(!isFilteredMachine(machine))('a program under a filter', () => {
  it('has its arguments and its environment, and can gain no privileges', () => {
    expect(run('/bin/sh', '-c', 'echo "$0 $1 $A"; exit 7', 'x', 'y z')).toMatchObject({
      status: 7,
      stdout: 'x y z b c\n',
    });
    const { stdout } = run('/bin/cat', '/proc/self/status');
    expect(stdout).toMatch(/^NoNewPrivs:\s*1$/m);
    expect(stdout).toMatch(/^Seccomp:\s*2$/m);
  });

  it('and its children are told that files have changed hands that have not', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const [uid, other] = [statSync(file).uid, statSync(file).uid + 1];
    expect(run('/bin/sh', '-c', `PATH=/usr/bin:/bin; chown ${other} ${file} && :`)).toMatchObject({
      status: 0,
    });
    expect(statSync(file).uid).toBe(uid);
  });

  it('that does not exist ends with 125', () => {
    expect(run('/nonexistent')).toMatchObject({ status: 125 });
  });

  it('is none without arguments: an empty line is all', () => {
    expect(run()).toMatchObject({ status: 0, stdout: '\n' });
  });

  it('is not executed where the kernel refuses the filter', () => {
    // A filter that does not end with a verdict is no filter.
    const broken = join(directory, 'broken');
    if (isFilteredMachine(machine)) writeFileSync(broken, filteringLauncher(filter.subarray(0, 8), machine));
    chmodSync(broken, 0o755);
    expect(spawnSync(broken, ['/bin/echo', 'x'], { encoding: 'utf8' })).toMatchObject({
      status: 125,
      stdout: '',
    });
  });
});

describe('filteringLauncher', () => {
  it.each(['x64', 'arm64'] as const)('points at the filter behind it (%s)', (name) => {
    const words = callFilter({ calls: ['setuid'], fate: 'pretended' }, name);
    const bytes = filteringLauncher(words, name);
    const program = 120 + 128;
    expect(bytes.readUInt16LE(program)).toBe(words.length / 8);
    expect(bytes.subarray(bytes.readUInt32LE(program + 8) - 0x10000)).toEqual(words);
    expect(program % 8).toBe(0);
  });

  it('is for two kinds of machines', () => {
    expect(['x64', 'arm64', 'ia32', 'toString'].filter(isFilteredMachine)).toEqual(['x64', 'arm64']);
  });
});
