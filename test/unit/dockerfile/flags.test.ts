import { describe, expect, it } from 'vitest';
import { extractFlags, parseFlags } from '../../../src/dockerfile/flags.ts';

describe('extractFlags', () => {
  it.each([
    ['a --b', [], 'a --b'],
    ['--a --b=c d', ['--a', '--b=c'], 'd'],
    ['  --a="x y" z', ['--a=x y'], 'z'],
    ["--a='x \\' y' z", ["--a=x ' y"], 'z'],
    ['--a=x\\ y z', ['--a=x y'], 'z'],
    ['--a -- --b', ['--a'], ' --b'],
    ['--a', ['--a'], ''],
    ['--a="open', ['--a=open'], ''],
    ['-a b', [], '-a b'],
  ])('%s', (text, flags, rest) => expect(extractFlags(text)).toEqual({ flags, rest }));
});

describe('parseFlags', () => {
  const known = { on: 'bool', one: 'string', many: 'strings' } as const;

  it('reads values by kind', () => {
    const values = parseFlags(['--on', '--one=a=b', '--many=1', '--many=', '--many=2'], known);
    expect(values.bool('on')).toBe(true);
    expect(values.string('one')).toBe('a=b');
    expect(values.strings('many')).toEqual(['1', '', '2']);
  });

  it('tells absent from given', () => {
    const values = parseFlags(['--on=FALSE', '--one='], known);
    expect(values.bool('on')).toBe(false);
    expect(values.string('one')).toBeUndefined();
    expect(values.strings('many')).toEqual([]);
    expect(parseFlags([], known).bool('on')).toBeUndefined();
  });

  it.each([
    ['--two=a', 'unknown flag: --two'],
    ['--On', 'unknown flag: --On (did you mean on?)'],
    ['--constructor=a', 'unknown flag: --constructor'],
    ['--one', 'missing a value on flag: --one'],
    ['--many', 'missing a value on flag: --many'],
    ['--on=', 'missing a value on flag: --on'],
    ['--on=1', 'expecting boolean value for flag --on, not: 1'],
  ])('refuses %s', (flag, message) => expect(() => parseFlags([flag], known)).toThrow(message));

  it('refuses a second value where there can be one', () =>
    expect(() => parseFlags(['--on', '--on'], known)).toThrow('duplicate flag specified: --on'));
});
