/** What a program that does nothing but end well is made of, on one kind of machine. */
interface Machine {
  /** e_machine of its ELF header. */
  readonly id: number;
  readonly bits: 32 | 64;
  readonly endian: 'little' | 'big';
  /** e_flags. */
  readonly flags: number;
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

const ADDRESS = 0x10000;

/**
 * The bytes of a program that does nothing but end with a status, for an architecture by its name in image-spec; undefined
 * for one that is not known. One loadable segment, no libraries: elf(5).
 */
export function exitProgram(architecture: string, status: 0 | 1 = 0): Buffer | undefined {
  const machine = Object.hasOwn(MACHINES, architecture) ? MACHINES[architecture] : undefined;
  return machine === undefined ? undefined : program(machine, machine.code[status]);
}

function program({ id, bits, endian, flags }: Machine, code: string): Buffer {
  const [wide, word] = bits === 64 ? [8, 64] : [4, 52];
  const header = bits === 64 ? 56 : 32;
  const start = word + header;
  const bytes = Buffer.from(code, 'hex');
  const size = start + bytes.length;
  const field = fieldWriter(endian);
  const identity = Buffer.from([0x7f, 0x45, 0x4c, 0x46, bits / 32, endian === 'little' ? 1 : 2, 1]);
  const segment = (flagsHere: boolean) => (flagsHere ? [field(5, 4)] : []);
  return Buffer.concat([
    Buffer.concat([identity, Buffer.alloc(9)]),
    // Executable, machine, version; entry point, program headers, no section headers.
    ...[
      field(2, 2),
      field(id, 2),
      field(1, 4),
      field(ADDRESS + start, wide),
      field(word, wide),
      field(0, wide),
    ],
    ...[
      field(flags, 4),
      field(word, 2),
      field(header, 2),
      field(1, 2),
      field(0, 2),
      field(0, 2),
      field(0, 2),
    ],
    // One segment that is loaded, read and executed; where its flags stand depends on the width.
    ...[field(1, 4), ...segment(bits === 64), field(0, wide), field(ADDRESS, wide), field(ADDRESS, wide)],
    ...[field(size, wide), field(size, wide), ...segment(bits === 32), field(ADDRESS, wide)],
    bytes,
  ]);
}

function fieldWriter(endian: Machine['endian']): (value: number, bytes: number) => Buffer {
  return (value, bytes) => {
    const field = Buffer.alloc(bytes);
    if (endian === 'little') field.writeUIntLE(value, 0, Math.min(bytes, 6));
    else field.writeUIntBE(value, Math.max(0, bytes - 6), Math.min(bytes, 6));
    return field;
  };
}
