import { describe, expect, it } from 'vitest';
import { excerptOf, locationOf } from '../../../src/dockerfile/source-location.ts';

const range = (startLine: number, endLine: number) => ({ startLine, startColumn: 3, endLine, endColumn: 9 });

describe('excerptOf', () => {
  const text = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`).join('\r\n');

  it('shows two lines before and after, the range marked', () => {
    expect(excerptOf(text, range(9, 10))).toBe(
      [
        '   7 |     line 7',
        '   8 |     line 8',
        '   9 | >>> line 9',
        '  10 | >>> line 10',
        '  11 |     line 11',
        '  12 |     line 12',
      ].join('\n'),
    );
  });

  it('stays within the text', () => {
    expect(excerptOf('a\nb\n', range(1, 2))).toBe('   1 | >>> a\n   2 | >>> b');
    expect(excerptOf('', range(1, 1))).toBe('   1 | >>>');
  });

  it('cuts long ranges and long lines', () => {
    const shown = excerptOf(text, range(5, 25)).split('\n');
    expect(shown).toHaveLength(2 + 10 + 1 + 2);
    expect(shown[12]).toBe('     | >>> …');
    expect(shown[13]).toBe('  26 |     line 26');
    expect(excerptOf('x'.repeat(1000), range(1, 1))).toBe(`   1 | >>> ${'x'.repeat(160)}…`);
  });
});

describe('locationOf', () => {
  it('is the range with the file and the excerpt', () =>
    expect(locationOf({ file: 'D', text: 'FROM a' }, range(1, 1))).toEqual({
      file: 'D',
      line: 1,
      column: 3,
      endLine: 1,
      excerpt: '   1 | >>> FROM a',
    }));
});
