import { describe, expect, it } from 'vitest';
import { maskOutput } from '../../../../src/build/instructions/mounts/mask-output.ts';

/** All that is shown of an output that comes in pieces. */
function shown(secret: string, pieces: readonly string[]): string {
  const mask = maskOutput([Buffer.from(secret)]);
  return pieces.map((piece) => mask.text('stdout', piece)).join('') + mask.end('stdout');
}

describe('secrets in the output', () => {
  it('are hidden wherever the output is cut', () => {
    const text = 'a hunter22 b hunter2 hunter22';
    for (let at = 0; at <= text.length; at++)
      expect(shown('hunter22', [text.slice(0, at), text.slice(at)])).toBe('a *** b hunter2 ***');
    expect(shown('hunter22', [...text])).toBe('a *** b hunter2 ***');
  });

  it('are hidden line by line too', () => {
    expect(shown('first line\nsecond line\n', ['> second line\n> first line'])).toBe('> ***\n> ***');
  });

  it('are left alone where they are too short to tell', () => {
    expect(shown('abc', ['abcdef'])).toBe('abcdef');
  });

  it('hold back nothing that cannot be one', () => {
    expect(maskOutput([Buffer.from('hunter22')]).text('stderr', 'line\n')).toBe('line\n');
    expect(maskOutput([]).text('stdout', 'anything')).toBe('anything');
  });
});
