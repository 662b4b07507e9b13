import { describe, expect, it } from 'vitest';
import { cacheSecrets } from '../../../src/request/cache/cache-secrets.ts';
import { parseCacheSource, parseCacheTarget } from '../../../src/request/cache/parse-location.ts';

/** What a value that cannot be read is answered with. */
function complaint(text: string): string {
  try {
    parseCacheSource(text, '/');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${text} was read`);
}

describe('secrets in values of cache-from and cache-to', () => {
  it.each([
    ['type=gha,token=s3cr3t,scope=a', ['s3cr3t']],
    ['type=gha,TOKEN = s3cr3t', ['s3cr3t']],
    ['type=s3,access_key_id=AKIA,secret_access_key=s3cr3t,session_token=t0k3n', ['AKIA', 's3cr3t', 't0k3n']],
    ['type=gha,"token=a,b""c"', ['a,b"c', 'a']],
    ['type=registry,ref=r.test/token/app:secret', []],
  ])('of %s are known', (text, secrets) => {
    expect([...cacheSecrets(text)].sort()).toEqual([...secrets].sort());
  });

  it.each([
    'type=s3,secret_access_key=s3cr3t',
    'token=s3cr3t',
    'type=gha,token=abc,s3cr3t',
    'type=gha,"token=s3cr3t,s3cr3t"x',
    'type=gha,"token=abc,s3cr3t',
    'type=local,token=s3cr3t',
  ])('are not in the complaint about %s', (text) => {
    expect(complaint(text)).not.toContain('s3cr3t');
  });

  it('are not shown by other complaints either', () => {
    expect(() => parseCacheTarget('type=gha,token=s3cr3t,mode=s', '/')).toThrow(/^(?!.*s3cr3t).*mode/s);
    expect(complaint('type=nothing,scope=a')).toContain('scope=a');
  });
});
