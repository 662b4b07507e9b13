import { describe, expect, it } from 'vitest';
import { parseMount } from '../../../../src/dockerfile/parse/mount.ts';

describe('parseMount', () => {
  it('folds case and aliases and keeps values as written', () => {
    const raw = 'Type=$T,SRC=a,dst=/b,RO,destination=/c,from=$';
    expect(parseMount(raw).raw).toBe(raw);
    expect(Object.fromEntries(parseMount(raw).options)).toEqual({
      type: '$T',
      source: 'a',
      target: '/c',
      readonly: 'true',
      from: '$',
    });
  });

  it.each([
    ['from=${X}', "'from' doesn't support variable expansion, define alias stage instead"],
    ['target', "invalid field 'target' must be a key=value pair"],
    ['target=/x, type=cache', "unexpected key ' type' in ' type=cache' (did you mean type?)"],
    ['taget=/x', "unexpected key 'taget' in 'taget=/x' (did you mean target?)"],
    ['target=/x,', "invalid field '' must be a key=value pair"],
  ])('refuses %s', (raw, message) => expect(() => parseMount(raw)).toThrow(message));
});
