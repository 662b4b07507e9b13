import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/registry/auth/challenge.ts';

type Parsed = readonly [scheme: string, parameters: Readonly<Record<string, string>>];

describe('parseChallenges', () => {
  const rows: readonly [header: string, ...parsed: Parsed[]][] = [
    [''],
    ['Basic', ['basic', {}]],
    ['Basic realm="a"', ['basic', { realm: 'a' }]],
    ['BASIC REALM="A b, c"', ['basic', { realm: 'A b, c' }]],
    ['Basic realm=bare', ['basic', { realm: 'bare' }]],
    ['Basic realm = "a" , charset="UTF-8"', ['basic', { realm: 'a', charset: 'UTF-8' }]],
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:a/b:pull,push',
        },
      ],
    ],
    ['Bearer realm=https://h/token,service=s', ['bearer', { realm: 'https://h/token', service: 's' }]],
    ['Bearer realm="a" service="b"', ['bearer', { realm: 'a', service: 'b' }]],
    ['Bearer realm="a\\"b\\\\c"', ['bearer', { realm: 'a"b\\c' }]],
    ['Bearer realm="first",realm="second"', ['bearer', { realm: 'first' }]],
    ['Bearer realm="a", Basic realm="b"', ['bearer', { realm: 'a' }], ['basic', { realm: 'b' }]],
    [
      'Basic realm="b", Bearer realm="a",scope="x"',
      ['basic', { realm: 'b' }],
      ['bearer', { realm: 'a', scope: 'x' }],
    ],
    ['Negotiate, Basic realm="b"', ['negotiate', {}], ['basic', { realm: 'b' }]],
    ['Negotiate YIIJvw+/a==, Basic realm="b"', ['negotiate', {}], ['basic', { realm: 'b' }]],
    [', ,Basic realm="b",,', ['basic', { realm: 'b' }]],
    ['Bearer realm=""', ['bearer', { realm: '' }]],
    ['Bearer realm=', ['bearer', {}]],
    ['Bearer realm="open', ['bearer', { realm: '' }], ['open', {}]],
    ['realm="a"', ['realm', {}], ['a', {}]],
    ['Bearer error="insufficient_scope"', ['bearer', { error: 'insufficient_scope' }]],
    ['(("Basic realm="b"', ['basic', { realm: 'b' }]],
  ];
  it.each(rows)('%s', (header, ...parsed) => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [
      scheme,
      Object.fromEntries(parameters),
    ]);
    expect(found).toEqual(parsed);
  });

  it.each([
    ['spaces', ' '.repeat(32_000)],
    ['commas', ','.repeat(32_000)],
    ['open quotes', 'a="'.repeat(11_000)],
    ['escaped quotes', `a="${'\\"a="'.repeat(6_000)}`],
    ['backslashes', `Bearer realm="${'\\'.repeat(32_000)}`],
    ['equals signs', `Basic ${'='.repeat(32_000)}`],
    ['a long word', `Basic ${'a'.repeat(32_000)}!`],
    ['words', 'a '.repeat(16_000)],
    ['quotes', '"'.repeat(32_000)],
  ])('takes no time for 32 KiB of %s', (_, header) => {
    const start = performance.now();
    parseChallenges(header);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
