import { describe, expect, it } from 'vitest';
import { exitProgram } from '../../../src/isolation/foreign/exit-program.ts';

/** Class, byte order and machine of an ELF header, and whether the entry point is the first instruction. */
function headerOf(bytes: Buffer) {
  const [is64, isLittle] = [bytes[4] === 2, bytes[5] === 1];
  const machine = isLittle ? bytes.readUInt16LE(18) : bytes.readUInt16BE(18);
  const entry = isLittle ? bytes.readUInt32LE(24) : bytes.readUInt32BE(is64 ? 28 : 24);
  return { bits: is64 ? 64 : 32, machine, start: entry - 0x10000 };
}

describe('exitProgram', () => {
  it.each([
    ['amd64', { bits: 64, machine: 62, start: 120 }],
    ['386', { bits: 32, machine: 3, start: 84 }],
    ['arm64', { bits: 64, machine: 183, start: 120 }],
    ['arm', { bits: 32, machine: 40, start: 84 }],
    ['riscv64', { bits: 64, machine: 243, start: 120 }],
    ['ppc64le', { bits: 64, machine: 21, start: 120 }],
    ['s390x', { bits: 64, machine: 22, start: 120 }],
    ['loong64', { bits: 64, machine: 258, start: 120 }],
  ])('is a program of %s', (architecture, expected) => {
    expect(headerOf(exitProgram(architecture) ?? Buffer.alloc(0))).toEqual(expected);
  });

  it('knows no others', () => {
    for (const name of ['wasm', 'toString']) expect(exitProgram(name)).toBeUndefined();
  });
});
