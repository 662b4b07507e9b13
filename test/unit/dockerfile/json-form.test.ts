import { describe, expect, it } from 'vitest';
import { isJsonForm, parseJsonForm } from '../../../src/dockerfile/json-form.ts';

describe('parseJsonForm', () => {
  it.each([
    ['["a", "b c"]', ['a', 'b c']],
    [' \t["\\u0041\\n"] ', ['A\n']],
    ['[]', []],
  ])('%s', (text, expected) => expect(parseJsonForm(text)).toEqual(expected));

  it.each(["['a']", '["a",]', '["a"] # b', '["a"', 'a ["b"]', '"a"', '{"a":1}', '', '["c:\\x"]'])(
    'takes %s for no JSON',
    (text) => expect(parseJsonForm(text)).toBeUndefined(),
  );

  it.each(['[1]', '["a", null]', '[["a"]]', '[{}]'])('refuses %s', (text) => {
    expect(() => parseJsonForm(text)).toThrow(/arrays must be comprised of strings only/);
    expect(isJsonForm(text)).toBe(true);
  });

  it('survives deep nesting', () => expect(parseJsonForm('['.repeat(200_000))).toBeUndefined());
});
