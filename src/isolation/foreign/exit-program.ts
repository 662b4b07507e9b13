import { elfProgram, type ElfMachine } from '../elf-program.ts';

/** What a program that does nothing but end well is made of, on one kind of machine. */
interface Machine extends ElfMachine {
  /** Instructions of exit(0) and of exit(1), in hex as they lie in memory. */
  readonly code: readonly [string, string];
}

const little = { bits: 64, endian: 'little', flags: 0 } as const;

/** By the architectures of image-spec (Go's names). */
const MACHINES: Readonly<Record<string, Machine>> = {
  amd64: { ...little, id: 62, code: ['31ffb83c0000000f05', 'bf01000000b83c0000000f05'] },
  '386': { ...little, id: 3, bits: 32, code: ['31dbb801000000cd80', 'bb01000000b801000000cd80'] },
  arm64: { ...little, id: 183, code: ['000080d2a80b80d2010000d4', '200080d2a80b80d2010000d4'] },
  // EABI version 5.
  arm: {
    ...little,
    id: 40,
    bits: 32,
    flags: 0x5000000,
    code: ['0000a0e30170a0e3000000ef', '0100a0e30170a0e3000000ef'],
  },
  riscv64: { ...little, id: 243, code: ['130500009308d00573000000', '130510009308d00573000000'] },
  // The second version of its ABI.
  ppc64le: { ...little, id: 21, flags: 2, code: ['010000380000603802000044', '010000380100603802000044'] },
  s390x: { ...little, id: 22, endian: 'big', code: ['a72900000a01', 'a72900010a01'] },
  loong64: { ...little, id: 258, code: ['0b7481020400800200002b00', '0b7481020404800200002b00'] },
};

/**
 * The bytes of a program that does nothing but end with a status, for an architecture by its name in image-spec; undefined
 * for one that is not known.
 */
export function exitProgram(architecture: string, status: 0 | 1 = 0): Buffer | undefined {
  const machine = Object.hasOwn(MACHINES, architecture) ? MACHINES[architecture] : undefined;
  return machine === undefined ? undefined : elfProgram(machine, Buffer.from(machine.code[status], 'hex'));
}
