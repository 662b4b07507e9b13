import { describe, expect, it } from 'vitest';
import { goDuration, goList, goQuote, goQuotedList, goQuotedNumber } from '../../../src/build/go-format.ts';

// Every expected text was printed by a Go program with the same arguments, or stands in strconv's documentation.
describe('goQuote', () => {
  it.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['say "hi"', '"say \\"hi\\""'],
    ["it's", '"it\'s"'],
    ['a\\b', '"a\\\\b"'],
    ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\x00\x1b\x7f', '"\\x00\\x1b\\x7f"'],
    ['ünïcode 世界', '"ünïcode 世界"'],
    ['\u00a0', '"\\u00a0"'],
    ['\u200b', '"\\u200b"'],
    ['\ufeff', '"\\ufeff"'],
    ['😀', '"😀"'],
    ['\u{e0001}', '"\\U000e0001"'],
  ])('%j', (text, expected) => {
    expect(goQuote(text)).toBe(expected);
  });
});

describe('lists', () => {
  it('are written as %q and as %v', () => {
    expect(goQuotedList(['a b', 'c'])).toBe('["a b" "c"]');
    expect(goQuotedList([])).toBe('[]');
    expect(goList(['a b', 'c'])).toBe('[a b c]');
  });
});

describe('goQuotedNumber', () => {
  it.each([
    [0, "'\\x00'"],
    [3, "'\\x03'"],
    [7, "'\\a'"],
    [10, "'\\n'"],
    [34, "'\"'"],
    [39, "'\\''"],
    [65, "'A'"],
    [92, "'\\\\'"],
    [0x110000, "'\ufffd'"],
  ])('%i', (value, expected) => {
    expect(goQuotedNumber(value)).toBe(expected);
  });
});

describe('goDuration', () => {
  it.each([
    [0, '0s'],
    [1, '1ns'],
    [1_500, '1.5µs'],
    [100_000_000, '100ms'],
    [1_500_000_000, '1.5s'],
    [60_000_000_000, '1m0s'],
    [3_605_000_000_000, '1h0m5s'],
    [90_061_500_000_000, '25h1m1.5s'],
    [-1_000_000_000, '-1s'],
  ])('%i ns', (nanoseconds, expected) => {
    expect(goDuration(nanoseconds)).toBe(expected);
  });
});
