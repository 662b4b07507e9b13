import { describe, expect, it } from 'vitest';
import { followRedirect } from '../../../src/http/redirect.ts';

const request = {
  method: 'GET',
  url: 'https://registry.example/v2/a/blobs/x',
  headers: { authorization: 'Bearer t', cookie: 'c', range: 'bytes=1-', 'x-meta': 'v' },
};

describe('followRedirect', () => {
  it('refuses to leave TLS', () => {
    expect(() => followRedirect(request, 307, 'http://registry.example/x')).toThrow(/plain http/);
    expect(() => followRedirect(request, 307, 'http://other.example/x')).toThrow(/plain http/);
  });

  it.each([
    'https://other.example/x',
    'https://registry.example:8443/x',
    'https://sub.registry.example/x',
    '//other.example/x',
    'https://registry.example.evil.example/x',
    'https://registry.example@evil.example/x',
  ])('drops secrets on the way to %s', (location) => {
    expect(followRedirect(request, 302, location).headers).toEqual({ range: 'bytes=1-' });
  });

  it.each(['/x', 'y', '?q', 'https://registry.example:443/x', 'https://REGISTRY.example/x'])(
    'keeps them on the way to %s',
    (location) => {
      expect(followRedirect(request, 302, location).headers).toEqual(request.headers);
    },
  );

  it('uses no names and passwords of the other side', () => {
    expect(followRedirect(request, 302, 'https://u:p@registry.example/x').url).toBe(
      'https://registry.example/x',
    );
  });

  it('asks by GET after 303', () => {
    const post = { ...request, method: 'POST', body: Buffer.from('x') };
    expect(followRedirect(post, 303, '/y')).toMatchObject({ method: 'GET', body: undefined });
    expect(followRedirect(post, 307, '/y')).toMatchObject({ method: 'POST' });
  });
});
