import { describe, expect, it } from 'vitest';
import { formatPlatform, matchPlatform, parsePlatform, platformOfMachine } from '../../../src/oci/index.ts';

const best = (wanted: string, offered: string[]): string | undefined => {
  const scored = offered.flatMap((text) => {
    const score = matchPlatform(parsePlatform(wanted), parsePlatform(text));
    return score === undefined ? [] : [{ text, score }];
  });
  return scored.sort((a, b) => b.score - a.score)[0]?.text;
};

describe('parsePlatform', () => {
  it.each([
    ['linux/amd64', { os: 'linux', architecture: 'amd64' }],
    ['Linux/X86_64', { os: 'linux', architecture: 'amd64' }],
    ['linux/aarch64', { os: 'linux', architecture: 'arm64' }],
    ['linux/arm64/v8', { os: 'linux', architecture: 'arm64' }],
    ['linux/arm/v7', { os: 'linux', architecture: 'arm', variant: 'v7' }],
    ['linux/i386', { os: 'linux', architecture: '386' }],
  ])('reads %s', (text, platform) => {
    expect(parsePlatform(text)).toEqual(platform);
  });

  it.each(['', 'linux', 'linux/', '/amd64', 'linux/arm/v7/x'])('refuses %j', (text) => {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('comes back as text', () => {
    for (const text of ['linux/amd64', 'linux/arm/v7'])
      expect(formatPlatform(parsePlatform(text))).toBe(text);
    expect(formatPlatform({ os: 'linux', architecture: 'amd64', variant: '' })).toBe('linux/amd64');
  });
});

describe('matchPlatform', () => {
  it('never crosses systems or architectures', () => {
    expect(best('linux/amd64', ['windows/amd64', 'linux/arm64', 'linux/386'])).toBeUndefined();
  });

  it('prefers the exact variant, then the next older one', () => {
    expect(best('linux/arm/v7', ['linux/arm/v5', 'linux/arm/v7', 'linux/arm/v6'])).toBe('linux/arm/v7');
    expect(best('linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6'])).toBe('linux/arm/v6');
    expect(best('linux/arm/v6', ['linux/arm/v7'])).toBeUndefined();
  });

  it('takes arm64 and arm64/v8 for the same', () => {
    const v8 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
    expect(matchPlatform({ os: 'linux', architecture: 'arm64' }, v8)).toBe(
      matchPlatform(v8, { os: 'linux', architecture: 'arm64' }),
    );
    expect(matchPlatform(v8, v8)).toBeDefined();
  });
});

it.each([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
  ['ia32', '386'],
  ['sparc', 'sparc'],
])('Node on %s builds for linux/%s', (node, architecture) => {
  expect(platformOfMachine(node)).toEqual({ os: 'linux', architecture });
});
