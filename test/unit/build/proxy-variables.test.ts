import { describe, expect, it } from 'vitest';
import { proxyVariables } from '../../../src/build/instructions/proxy-variables.ts';

describe('proxyVariables', () => {
  it('gives RUN both spellings of what was given in either', () => {
    expect(proxyVariables({ http_proxy: 'a', NO_PROXY: 'b', Https_Proxy: 'c' })).toEqual({
      HTTP_PROXY: 'a',
      http_proxy: 'a',
      NO_PROXY: 'b',
      no_proxy: 'b',
      HTTPS_PROXY: 'c',
      https_proxy: 'c',
    });
  });

  it('takes the last in order of names where both are given', () => {
    expect(proxyVariables({ http_proxy: 'lower', HTTP_PROXY: 'upper' })).toMatchObject({
      HTTP_PROXY: 'lower',
    });
  });

  it('leaves out empty ones and everything else', () => {
    expect(proxyVariables({ ftp_proxy: '', PROXY: 'x', A: 'b' })).toEqual({});
  });
});
