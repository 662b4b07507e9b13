import { describe, expect, it } from 'vitest';
import { readDirectives } from '../../../src/dockerfile/directives.ts';

const read = (...lines: string[]) => readDirectives(lines, (_line, work) => work());

describe('readDirectives', () => {
  it('has the backslash where nothing is said', () =>
    expect(read('FROM a')).toEqual({ escape: '\\', syntax: undefined, check: undefined, lines: 0 }));

  it('takes the name in any case and blanks around everything', () => {
    expect(read(' # Syntax = a/b:1 ignored\r', '#ESCAPE=`').syntax).toBe('a/b:1');
    expect(read(' # Syntax = a/b:1\r', '#ESCAPE=`').escape).toBe('`');
  });

  it.each([
    ['a blank line', ''],
    ['another comment', '# hello'],
    ['an unknown directive', '# x=1'],
    ['an instruction', 'FROM a'],
    ['a directive without a value', '# syntax='],
    ['a name with other characters', '# es-cape=`'],
  ])('ends at %s', (_what, line) => expect(read(line, '# escape=`').escape).toBe('\\'));

  it('passes over an interpreter line for syntax and check, not for escape', () => {
    const { escape, syntax, check } = read('#!/bin/x', '# syntax=s', '# check=error=true', '# escape=`');
    expect({ escape, syntax, error: check?.error }).toEqual({ escape: '\\', syntax: 's', error: true });
  });

  it('tells the line of what it refuses', () => {
    const lines: number[] = [];
    const note = <T>(line: number, work: () => T): T => {
      lines.push(line);
      return work();
    };
    expect(() => readDirectives(['# syntax=a', '# syntax=b'], note)).toThrow(/only one syntax/);
    expect(lines).toEqual([2]);
  });

  it('is not slowed down by a long line', () => {
    expect(read(`# syntax=a${' '.repeat(1_000_000)}b`).syntax).toBe('a');
    expect(read(`#${' '.repeat(1_000_000)}escape`).escape).toBe('\\');
  });
});
