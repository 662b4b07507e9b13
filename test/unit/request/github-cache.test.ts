import { describe, expect, it } from 'vitest';
import { cacheRequest } from '../../../src/request/cache/cache-request.ts';
import { parseCacheSource, parseCacheTarget } from '../../../src/request/cache/parse-location.ts';
import type { OptionValues } from '../../../src/request/option-values.ts';

const values: OptionValues = {
  text: () => undefined,
  list: () => [],
  flag: (name) => (name === 'cache' ? true : undefined),
};
const SERVICE = { ACTIONS_RESULTS_URL: 'https://results.example/', ACTIONS_RUNTIME_TOKEN: 'token' };
const typeWith = (env: Record<string, string>, pushed: readonly string[] = ['r.example/app']) =>
  cacheRequest(values, { env, cwd: '/', pushed })?.sources[0]?.type;

describe('the default place of a cache', () => {
  it("is GitHub's service where its token is, else the repository, else a directory", () => {
    expect(typeWith(SERVICE)).toBe('gha');
    expect(typeWith({ ACTIONS_CACHE_URL: 'https://ghes.example/', ACTIONS_RUNTIME_TOKEN: 'token' })).toBe(
      'gha',
    );
    expect(typeWith({ ACTIONS_RESULTS_URL: 'https://results.example/' })).toBe('registry');
    expect(typeWith({}, [])).toBe('local');
  });

  it('names no token', () => {
    expect(JSON.stringify(cacheRequest(values, { env: SERVICE, cwd: '/', pushed: [] }))).not.toContain(
      'token',
    );
  });
});

describe('type=gha', () => {
  it('is one place for reading and writing, whatever else is said', () => {
    const from = parseCacheSource('type=gha,scope=app,timeout=1m', '/');
    expect(from).toEqual({ type: 'gha', scope: 'app', attributes: {} });
    expect(parseCacheTarget('type=gha,scope=app,mode=min,ignore-error=true', '/')).toEqual({
      location: from,
      mode: 'min',
    });
  });

  it('takes an address and a token, and mode=archive on both sides', () => {
    const attributes = { url_v2: 'https://cache.example/', token: 'x', mode: 'archive' };
    const text = 'type=gha,url_v2=https://cache.example/,token=x,mode=archive';
    expect(parseCacheSource(text, '/')).toMatchObject({ attributes });
    expect(parseCacheTarget(text, '/')).toMatchObject({ location: { attributes }, mode: 'max' });
    expect(() => parseCacheTarget('type=local,dest=x,mode=archive', '/')).toThrow(/mode/);
  });
});
