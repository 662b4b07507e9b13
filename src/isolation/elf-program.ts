/** One kind of machine, as the header of a program tells it. */
export interface ElfMachine {
  /** e_machine. */
  readonly id: number;
  readonly bits: 32 | 64;
  readonly endian: 'little' | 'big';
  /** e_flags. */
  readonly flags: number;
}

/** Where a program lies in memory, its headers first. */
export const ELF_ADDRESS = 0x10000;
/** Bytes of the headers of a 64-bit program: its instructions begin behind them. */
export const ELF_HEADERS = 120;

/**
 * The bytes of a program that consists of these instructions, from its entry point on, and of what lies behind them. One
 * segment that can be read and executed, no libraries: elf(5).
 */
export function elfProgram({ id, bits, endian, flags }: ElfMachine, bytes: Buffer): Buffer {
  const [wide, word] = bits === 64 ? [8, 64] : [4, 52];
  const header = bits === 64 ? 56 : 32;
  const start = word + header;
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
      field(ELF_ADDRESS + start, wide),
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
    ...[
      field(1, 4),
      ...segment(bits === 64),
      field(0, wide),
      field(ELF_ADDRESS, wide),
      field(ELF_ADDRESS, wide),
    ],
    ...[field(size, wide), field(size, wide), ...segment(bits === 32), field(ELF_ADDRESS, wide)],
    bytes,
  ]);
}

function fieldWriter(endian: ElfMachine['endian']): (value: number, bytes: number) => Buffer {
  return (value, bytes) => {
    const field = Buffer.alloc(bytes);
    if (endian === 'little') field.writeUIntLE(value, 0, Math.min(bytes, 6));
    else field.writeUIntBE(value, Math.max(0, bytes - 6), Math.min(bytes, 6));
    return field;
  };
}
