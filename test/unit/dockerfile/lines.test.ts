import { describe, expect, it } from 'vitest';
import { LineReader, splitLines, withoutReturn } from '../../../src/dockerfile/lines.ts';

function readAll(text: string, escape: '\\' | '`' = '\\') {
  const reader = new LineReader(splitLines(text), escape);
  const found = [];
  for (let line = reader.readLogical(); line !== undefined; line = reader.readLogical()) found.push(line);
  return found;
}

describe('splitLines', () => {
  it('drops a byte order mark and the empty piece after the last line end', () => {
    expect(splitLines('\ufeffa\r\nb\n')).toEqual(['a\r', 'b']);
    expect(splitLines('a\n\n')).toEqual(['a', '']);
    expect(splitLines('')).toEqual([]);
  });

  it('leaves returns within a line', () => {
    expect(withoutReturn('a\rb\r\r')).toBe('a\rb');
    const text = `${'\r'.repeat(1_000_000)}x`;
    expect(withoutReturn(text)).toBe(text);
  });
});

describe('LineReader', () => {
  it('joins continuations and keeps their leading blanks', () => {
    const [line] = readAll('  a \\\n  b\\  \nc');
    expect(line).toEqual({
      text: 'a   bc',
      range: { startLine: 1, startColumn: 3, endLine: 3, endColumn: 2 },
      emptyContinuationLine: undefined,
      comments: [],
    });
  });

  it.each([
    ['# a\n#b \nx', [['a', 'b']]],
    // Blanks before the sign leave it in the comment.
    ['  # a\nx', [['# a']]],
    ['# a\n\n# b\nx\n# c\ny\nz', [['a', 'b'], ['c'], []]],
    ['# a\n#\n# b\nx', [['b']]],
    ['# a\n#\nx', [[]]],
    ['x \\\n# a\ny\nz', [[], []]],
  ])('keeps the comments above a line: %j', (text, expected) => {
    expect(readAll(text).map(({ comments }) => comments)).toEqual(expected);
  });

  it('passes over comments and blank lines within and between', () => {
    const lines = readAll('\n# x\na \\\n # y\n\n#\nb\n\nc\n');
    expect(lines.map(({ text }) => text)).toEqual(['a b', 'c']);
    expect(lines[0]?.emptyContinuationLine).toBe(7);
  });

  it.each([
    ['a \\\\\nb', '\\', ['a \\\\', 'b']],
    ['a `\nb', '`', ['a b']],
    ['a ``\nb', '`', ['a ``', 'b']],
    ['a `\nb', '\\', ['a `', 'b']],
    ['\\\na', '\\', ['a']],
    ['a \\', '\\', ['a ']],
  ] as const)('%j with %s', (text, escape, expected) =>
    expect(readAll(text, escape).map((line) => line.text)).toEqual(expected),
  );

  it('hands out raw lines between instructions', () => {
    const reader = new LineReader(['a', '# raw \\', 'b'], '\\');
    expect(reader.readLogical()?.text).toBe('a');
    expect(reader.readRaw()).toBe('# raw \\');
    expect(reader.readLogical()?.text).toBe('b');
    expect(reader.readRaw()).toBeUndefined();
  });
});
