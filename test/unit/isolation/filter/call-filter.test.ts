import { describe, expect, it } from 'vitest';
import { callFilter, type CallFilter } from '../../../../src/isolation/filter/call-filter.ts';
import type { FilteredMachine } from '../../../../src/isolation/filter/system-calls.ts';
import { PRETENDED, RECORDED } from '../../../../src/isolation/recorder/recorded-calls.ts';

const MACHINES = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003 } as const;
const [ALLOWED, TRACED, PRETENDED_FATE] = [0x7fff0000, 0x7ff00000, 0x50000];

/** What the kernel does with a filter's instructions, as bpf(4) and seccomp(2) tell; `args` are low words. */
function verdict(filter: Buffer, nr: number, arch: number, args: readonly number[] = []): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr, 0);
  data.writeUInt32LE(arch, 4);
  for (const [index, value] of args.entries()) data.writeUInt32LE(value, 16 + index * 8);
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const [code, value] = [filter.readUInt16LE(at * 8), filter.readUInt32LE(at * 8 + 4)];
    const [yes, no] = [filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3)];
    if (code === 0x06) return value;
    if (code === 0x20) accumulator = data.readUInt32LE(value);
    else if (code === 0x15) at += accumulator === value ? yes : no;
    else if (code === 0x45) at += (accumulator & value) !== 0 ? yes : no;
    else throw new Error(`no instruction ${code.toString(16)}`);
  }
  throw new Error('the program runs off its end');
}

const recorded = (machine: FilteredMachine) => callFilter(RECORDED, machine);

describe('callFilter', () => {
  it.each([
    ['x64', { chown: 92, fchownat: 260, setuid: 105, renameat2: 316, clone: 56, execve: 59 }],
    ['arm64', { fchownat: 54, setuid: 146, renameat2: 276, clone: 220, execve: 221 }],
  ] as const)('stops calls by their numbers on %s', (machine, numbers) => {
    for (const number of Object.values(numbers))
      expect(verdict(recorded(machine), number, MACHINES[machine])).toBe(TRACED);
    // read, write, mmap and close of either.
    for (const number of machine === 'x64' ? [0, 1, 9, 3] : [63, 64, 222, 57])
      expect(verdict(recorded(machine), number, MACHINES[machine])).toBe(ALLOWED);
  });

  it.each([
    ['x64', 257, 2],
    ['x64', 2, 1],
    ['arm64', 56, 2],
  ] as const)('stops opening only where it may make a file (%s, %i)', (machine, number, flags) => {
    const args = (value: number): number[] => Object.assign([0, 0, 0, 0, 0, 0], { [flags]: value });
    const filter = recorded(machine);
    expect(verdict(filter, number, MACHINES[machine], args(0o2000000))).toBe(ALLOWED);
    expect(verdict(filter, number, MACHINES[machine], args(0o2000101))).toBe(TRACED);
    // The bit in another argument says nothing.
    expect(verdict(filter, number, MACHINES[machine], [0o100, 0, 0, 0o100, 0o100, 0o100])).toBe(ALLOWED);
  });

  it('stops changes of modes only where they set the bits of another user', () => {
    const fchmod = (mode: number): number => verdict(recorded('x64'), 91, MACHINES.x64, [3, mode]);
    expect([0o755, 0o1777, 0o4755, 0o2755].map(fchmod)).toEqual([ALLOWED, ALLOWED, TRACED, TRACED]);
  });

  it('lets calls of programs for another machine alone', () => {
    expect(verdict(recorded('x64'), 92, MACHINES.i386)).toBe(ALLOWED);
    expect(verdict(recorded('arm64'), 54, MACHINES.x64)).toBe(ALLOWED);
  });

  it('pretends as few calls as change owners and users', () => {
    const pretended: CallFilter = { calls: PRETENDED, fate: 'pretended' };
    const filter = callFilter(pretended, 'x64');
    const fates = Array.from({ length: 500 }, (_, number) => verdict(filter, number, MACHINES.x64));
    expect(fates.flatMap((fate, number) => (fate === PRETENDED_FATE ? [number] : []))).toEqual([
      92, 93, 94, 105, 106, 113, 114, 116, 117, 119, 122, 123, 260,
    ]);
    expect(fates.filter((fate) => fate === ALLOWED)).toHaveLength(500 - 13);
    expect(filter).toHaveLength((3 + 13 + 2) * 8);
  });

  it('knows its calls', () => {
    expect(() => callFilter({ calls: ['frobnicate'], fate: 'traced' }, 'x64')).toThrow('frobnicate');
  });
});
