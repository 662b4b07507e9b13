import { describe, expect, it } from 'vitest';
import { shellCommand, shellWord } from '../../../../src/isolation/sandbox/shell-words.ts';
import { runSync } from '../../../../src/process/index.ts';

describe('shellWord', () => {
  it('leaves plain words as they are', () => {
    expect(shellWord('/usr/bin/a-b_c.d:1,2+=')).toBe('/usr/bin/a-b_c.d:1,2+=');
  });

  it('lets a shell read exactly the same words', () => {
    const words = [
      '',
      "it's",
      '$HOME `id` "x"',
      'a\nb\\',
      '*',
      '~',
      '#',
      ' lead',
      '!',
      "''",
      'ünï',
      '-n',
      '\t;&|<>()',
    ];
    const printed = runSync('sh', [
      '-c',
      `for w in ${shellCommand(words)}; do printf '%s\\001' "$w"; done`,
    ]).stdout;
    expect(printed.split('\x01').slice(0, -1)).toEqual(words);
  });
});
