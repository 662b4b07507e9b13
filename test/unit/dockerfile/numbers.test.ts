import { describe, expect, it } from 'vitest';
import { parseBoolean, parseByteSize, parseDuration } from '../../../src/dockerfile/numbers.ts';

describe('parseBoolean', () => {
  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('%s', (word) => expect(parseBoolean(word)).toBe(true));
  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('%s', (word) => expect(parseBoolean(word)).toBe(false));
  it.each(['', 'yes', 'tRUE', '01', ' true'])('%j is none', (word) =>
    expect(parseBoolean(word)).toBeUndefined(),
  );
});

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['1ns', 1],
    ['1us', 1_000],
    ['1µs', 1_000],
    ['1ms', 1_000_000],
    ['1h15m30.5s', 4_530_500_000_000],
    ['.5s', 500_000_000],
    ['1.s', 1_000_000_000],
    ['-1.5m', -90_000_000_000],
    ['+3s', 3_000_000_000],
  ])('%s', (word, expected) => expect(parseDuration(word)).toBe(expected));

  it.each([
    ['', 'invalid duration ""'],
    ['-', 'invalid duration "-"'],
    ['s', 'invalid duration "s"'],
    ['1', 'missing unit in duration "1"'],
    ['1h2', 'missing unit in duration "1h2"'],
    ['1d', 'unknown unit "d" in duration "1d"'],
    ['1 s', 'unknown unit " s" in duration "1 s"'],
    ['1s.s', 'invalid duration "1s.s"'],
    ['2562048h', 'invalid duration "2562048h"'],
    [`${'9'.repeat(300)}s`, 'invalid duration'],
  ])('refuses %j', (word, message) => expect(() => parseDuration(word)).toThrow(message));
});

describe('parseByteSize', () => {
  it.each([
    ['512', 512],
    ['64m', 67_108_864],
    ['64MB', 67_108_864],
    ['1.5GiB', 1_610_612_736],
    ['1 k', 1024],
    ['10b', 10],
  ])('%s', (word, expected) => expect(parseByteSize(word)).toBe(expected));

  it.each(['', '-1', 'm', '1x', '1.', '1  k', '1mm'])('%j is none', (word) =>
    expect(parseByteSize(word)).toBeUndefined(),
  );
});
