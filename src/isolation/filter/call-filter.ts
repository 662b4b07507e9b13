import { callNumber, type FilteredMachine } from './system-calls.ts';

/** What becomes of the calls a filter names (seccomp(2)); all others are allowed. */
export const FATE = {
  /** They do nothing, and succeed: SECCOMP_RET_ERRNO with no error. */
  pretended: 0x0005_0000,
  /** A tracer is told of them: SECCOMP_RET_TRACE. */
  traced: 0x7ff0_0000,
} as const;

export interface CallFilter {
  readonly calls: readonly string[];
  /** Calls that count only where one of these bits is set in the argument of that number. */
  readonly where?: readonly (readonly [name: string, argument: number, bits: number])[];
  readonly fate: keyof typeof FATE;
}

const ALLOWED = 0x7fff_0000;
/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64. */
const AUDIT = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
/** Where struct seccomp_data has the call's number, the machine and the low half of the first argument. */
const [NUMBER, MACHINE, ARGUMENTS] = [0, 4, 16];

/** Codes of instructions: load a word of seccomp_data, compare with it, test bits of it, end. */
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_BITS = 0x45;
const RETURN = 0x06;

/** One instruction; `yes` and `no` tell how many of the following are skipped. */
interface Instruction {
  readonly code: number;
  readonly yes?: number;
  readonly no?: number;
  readonly value: number;
}

/**
 * A filter as seccomp(2) takes it: classic BPF, eight bytes an instruction. Calls of programs for another machine than
 * `machine`, which the processor executes too, are allowed.
 */
export function callFilter({ calls, where = [], fate }: CallFilter, machine: FilteredMachine): Buffer {
  const numbers = calls.map((name) => callNumber(name, machine)).filter((number) => number !== undefined);
  const checked = where.flatMap(([name, argument, bits]) => {
    const number = callNumber(name, machine);
    return number === undefined ? [] : [{ number, argument, bits }];
  });
  // From the first comparison on: one for each number, three for each that is looked at closely, and two ends.
  const rest = numbers.length + checked.length * 3;
  const [allowed, refused] = [rest, rest + 1];
  return bytesOf([
    { code: LOAD, value: MACHINE },
    { code: IF_EQUAL, value: AUDIT[machine], no: allowed + 1 },
    { code: LOAD, value: NUMBER },
    ...numbers.map((value, at) => ({ code: IF_EQUAL, value, yes: refused - at - 1 })),
    ...checked.flatMap(({ number, argument, bits }, index) => {
      const at = numbers.length + index * 3;
      return [
        { code: IF_EQUAL, value: number, no: 2 },
        { code: LOAD, value: ARGUMENTS + argument * 8 },
        { code: IF_BITS, value: bits, yes: refused - at - 3, no: allowed - at - 3 },
      ];
    }),
    { code: RETURN, value: ALLOWED },
    { code: RETURN, value: FATE[fate] },
  ]);
}

function bytesOf(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, { code, yes = 0, no = 0, value }] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(yes, index * 8 + 2);
    bytes.writeUInt8(no, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}
