import { describe, expect, it } from 'vitest';
import { parseActionBool, parseGoBool } from '../../../src/request/index.ts';

describe('parseGoBool', () => {
  it.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('%s is true', (text) => {
    expect(parseGoBool(text, '--x')).toBe(true);
  });
  it.each(['0', 'f', 'F', 'false', 'FALSE', 'False'])('%s is false', (text) => {
    expect(parseGoBool(text, '--x')).toBe(false);
  });
  it.each(['', 'yes', 'no', 'on', 'tRUE', ' true', '2'])('%j is refused', (text) => {
    expect(() => parseGoBool(text, '--x')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('--x') }),
    );
  });
});

describe('parseActionBool', () => {
  it.each(['true', 'True', 'TRUE'])('%s is true', (text) => expect(parseActionBool(text, 'push')).toBe(true));
  it.each(['false', 'False', 'FALSE'])('%s is false', (text) =>
    expect(parseActionBool(text, 'push')).toBe(false),
  );
  it('takes empty for not given', () => expect(parseActionBool('', 'push')).toBeUndefined());
  it.each(['1', 't', 'yes', 'on', 'tRUE'])('%j is refused', (text) => {
    expect(() => parseActionBool(text, 'push')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('push') }),
    );
  });
});
