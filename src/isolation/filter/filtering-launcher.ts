import { ELF_ADDRESS, ELF_HEADERS, elfProgram } from '../elf-program.ts';
import type { FilteredMachine } from './system-calls.ts';

/**
 * Instructions of a program that puts itself under the filter behind them and becomes the program its arguments name:
 * prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter); execve(argv[1], argv + 1, envp);
 * _exit(125). Without arguments: write(1, "\n", 1); _exit(0). Both are padded to a multiple of eight bytes.
 */
const LAUNCHERS = {
  x64: {
    id: 62,
    code:
      '8b1c2483fb017f1cb801000000bf01000000488d3562000000ba010000000f0531ffeb50b89d000000bf26000000be01' +
      '00000031d24531d24531c00f05b89d000000bf16000000be02000000488d152d0000000f0585c07516488b7c2410488d' +
      '742410488d54dc10b83b0000000f05bf7d000000b83c0000000f050a0f1f4000',
  },
  arm64: {
    id: 183,
    code:
      'f30340f97f0600f10c010054080880d2200080d241030010220080d2010000d4000080d214000014e81480d2c00480d2' +
      '210080d2020080d2030080d2040080d2010000d4e81480d2c00280d2410080d282010010010000d4c00000b5e00b40f9' +
      'e1430091220c138ba81b80d2010000d4a00f80d2a80b80d2010000d40a000000',
  },
} as const;

/** Whether there is a launcher for this machine (Node's name). */
export function isFilteredMachine(name: string): name is FilteredMachine {
  return Object.hasOwn(LAUNCHERS, name);
}

/**
 * The bytes of a program that executes its arguments, a path first, under a filter of system calls (see callFilter) and
 * without privileges to gain; it ends with 125 where the kernel refuses the filter. With no arguments it writes an empty line.
 */
export function filteringLauncher(filter: Buffer, machine: FilteredMachine): Buffer {
  const { id, code } = LAUNCHERS[machine];
  const instructions = Buffer.from(code, 'hex');
  // struct sock_fprog: how many instructions, and where they are.
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  program.writeUInt32LE(ELF_ADDRESS + ELF_HEADERS + instructions.length + program.length, 8);
  const bytes = Buffer.concat([instructions, program, filter]);
  return elfProgram({ id, bits: 64, endian: 'little', flags: 0 }, bytes);
}
