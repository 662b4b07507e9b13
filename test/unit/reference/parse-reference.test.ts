import { describe, expect, it } from 'vitest';
import {
  familiarName,
  formatReference,
  parseReference,
  withDefaultTag,
} from '../../../src/reference/index.ts';

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const DIGEST = `sha256:${HEX}` as const;

describe('names that are read', () => {
  const rows: readonly [text: string, canonical: string][] = [
    ['nginx', 'docker.io/library/nginx'],
    ['nginx:1.2', 'docker.io/library/nginx:1.2'],
    ['library/nginx', 'docker.io/library/nginx'],
    ['user/app', 'docker.io/user/app'],
    ['docker.io/nginx', 'docker.io/library/nginx'],
    ['docker.io/user/app:v1', 'docker.io/user/app:v1'],
    ['index.docker.io/nginx', 'docker.io/library/nginx'],
    ['index.docker.io/user/app', 'docker.io/user/app'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/app', 'localhost:5000/app'],
    ['localhost', 'docker.io/library/localhost'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['127.0.0.1:5000/a/b/c:t', '127.0.0.1:5000/a/b/c:t'],
    ['ghcr.io/o/app', 'ghcr.io/o/app'],
    ['Registry/app', 'Registry/app'],
    ['EXAMPLE.com/app', 'EXAMPLE.com/app'],
    ['[::1]:5000/app:t', '[::1]:5000/app:t'],
    ['[2001:db8::1]/app', '[2001:db8::1]/app'],
    ['host:5000/app:5000', 'host:5000/app:5000'],
    ['h.io/a.b_c__d-e---f/g', 'h.io/a.b_c__d-e---f/g'],
    ['xn--n3h.com/myimage:xn--n3h.com', 'xn--n3h.com/myimage:xn--n3h.com'],
    [`nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
    [`host:1/a:t@${DIGEST}`, `host:1/a:t@${DIGEST}`],
    [`app:${'t'.repeat(128)}`, `docker.io/library/app:${'t'.repeat(128)}`],
    [`h.io/${'a'.repeat(255)}`, `h.io/${'a'.repeat(255)}`],
    [HEX.slice(1), `docker.io/library/${HEX.slice(1)}`],
  ];
  it.each(rows)('%s', (text, canonical) => {
    expect(formatReference(parseReference(text))).toBe(canonical);
    expect(parseReference(canonical)).toEqual(parseReference(text));
  });
});

describe('names that are refused', () => {
  const rows: readonly [text: string, why: RegExp][] = [
    ['', /empty/],
    [HEX, /image ID/],
    ['https://ghcr.io/o/app', /no registry host/],
    ['Nginx', /lowercase/],
    ['ghcr.io/Owner/app', /lowercase/],
    ['user/App:Tag', /lowercase/],
    ['nginx:', /no tag/],
    ['nginx:.a', /no tag/],
    ['nginx:-a', /no tag/],
    ['nginx:a b', /no tag/],
    ['nginx:a\n', /no tag/],
    ['nginx:a:b', /no tag/],
    [`nginx:${'t'.repeat(129)}`, /128/],
    [`h.io/${'a'.repeat(256)}`, /255/],
    ['nginx@sha256:abc', /digest/],
    ['nginx@', /digest/],
    [`nginx@sha512:${HEX}${HEX}`, /digest/],
    [`nginx@${DIGEST}@${DIGEST}`, /digest/],
    [`nginx@${DIGEST.toUpperCase()}`, /digest/],
    ['a//b', /no repository name/],
    ['/a', /no repository name/],
    ['a/', /no repository name/],
    ['a..b', /no repository name/],
    ['a___b', /no repository name/],
    ['-a', /no repository name/],
    ['h.io/../etc', /no repository name/],
    ['h.io/a/%2e%2e', /no repository name/],
    ['-h.io/a', /no registry host/],
    ['h.io:port/a', /no registry host/],
    ['user@h.io/a', /digest/],
    ['h.io:/a', /no registry host/],
    ['[::1/a', /no registry host/],
    ['x'.repeat(2000), /too long/],
    ['ünï', /no repository name/],
  ];
  it.each(rows)('%s', (text, why) => {
    expect(() => parseReference(text)).toThrowError(
      expect.objectContaining({ code: 'REFERENCE', message: expect.stringMatching(why) as string }),
    );
  });

  it('suggests the lower-case name and leaves the tag alone', () => {
    expect(() => parseReference('ghcr.io/Owner/App:V1')).toThrowError(
      expect.objectContaining({ hint: 'write it as ghcr.io/owner/app:V1' }),
    );
    expect(() => parseReference('Nginx')).toThrowError(
      expect.objectContaining({ hint: 'write it as nginx' }),
    );
  });

  it('answers at once for long hostile names', () => {
    const text = `h.io/${'a-'.repeat(500)}`;
    expect(() => parseReference(text)).toThrow(/no repository name/);
  });
});

describe('tags and short names', () => {
  it('adds latest only where neither tag nor digest is given', () => {
    expect(withDefaultTag(parseReference('a')).tag).toBe('latest');
    expect(withDefaultTag(parseReference('a:b')).tag).toBe('b');
    expect(withDefaultTag(parseReference(`a@${DIGEST}`)).tag).toBeUndefined();
  });

  it.each([
    ['nginx:1', 'nginx:1'],
    ['docker.io/user/app', 'user/app'],
    ['docker.io/library/a/b', 'library/a/b'],
    ['ghcr.io/o/app:1', 'ghcr.io/o/app:1'],
  ])('the short name of %s is %s', (text, short) => {
    expect(familiarName(parseReference(text))).toBe(short);
    expect(parseReference(short)).toEqual(parseReference(text));
  });
});
