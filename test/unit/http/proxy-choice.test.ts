import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../src/http/proxy-choice.ts';

const PROXY = 'http://proxy.example:3128';

describe('which proxy', () => {
  it.each([
    ['https://h/', { https_proxy: PROXY }, PROXY],
    ['https://h/', { HTTPS_PROXY: PROXY }, PROXY],
    ['https://h/', { HTTP_PROXY: PROXY }, undefined],
    ['http://h/', { HTTP_PROXY: PROXY }, PROXY],
    ['http://h/', { http_proxy: 'proxy.example:3128' }, PROXY],
    ['http://h/', { http_proxy: '', HTTP_PROXY: PROXY }, undefined],
    ['http://h/', {}, undefined],
  ] as const)('for %s with %j is %s', (url, env, expected) => {
    expect(proxyFor(new URL(url), env)).toBe(expected);
  });

  it('throws USAGE for nonsense without showing it', () => {
    expect(() => proxyFor(new URL('http://h/'), { http_proxy: 'http://u:secret@[' })).toThrowError(
      expect.objectContaining({ code: 'USAGE', message: 'http_proxy is no URL' }),
    );
  });
});

describe('no_proxy', () => {
  it.each([
    ['h.example', 'h.example', true],
    ['h.example', 'H.EXAMPLE', true],
    ['h.example', 'a.h.example', true],
    ['h.example', 'xh.example', false],
    ['.h.example', 'a.h.example', true],
    ['.h.example', 'h.example', false],
    ['*.h.example', 'a.h.example', true],
    ['*.h.example', 'h.example', false],
    ['h.example:8080', 'h.example', false],
    ['h.example:80', 'h.example', true],
    ['a, h.example', 'h.example', true],
    ['a h.example', 'h.example', true],
    ['*', 'anything', true],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['fd00::/8', '[fd00::1]', true],
    ['[fd00::1]:80', '[fd00::1]', true],
    ['', 'h.example', false],
    ['', 'localhost', true],
    ['', '127.0.0.1', true],
    ['', '[::1]', true],
    ['10.0.0.0/99', '10.1.2.3', false],
  ])('%j covers %s: %s', (list, host, direct) => {
    const proxy = proxyFor(new URL(`http://${host}/`), { http_proxy: PROXY, no_proxy: list });
    expect(proxy === undefined).toBe(direct);
  });
});
