import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BuildError } from '../../../src/errors/index.ts';
import { basicProof, bearerProof, secretForm, withProof } from '../../../src/registry/auth/proof.ts';
import { createSecretWords, withoutSecrets } from '../../../src/registry/auth/secret-words.ts';

const REGISTRY = join(import.meta.dirname, '../../../src/registry');

describe('a proof', () => {
  const proof = bearerProof('t', 'https://h.io');

  it('is sent to its own origin', () => {
    const request = { method: 'GET', url: 'https://h.io:443/x', headers: { accept: 'a' } };
    expect(withProof(request, proof)).toEqual({
      ...request,
      headers: { accept: 'a', authorization: 'Bearer t' },
    });
    expect(withProof(request, undefined)).toBe(request);
    expect(basicProof({ username: 'u', password: 'p' }, 'https://h.io').authorization).toBe('Basic dTpw');
  });

  it.each([
    'http://h.io/x',
    'https://h.io:444/x',
    'https://h.io.evil.example/',
    'https://h.io@evil.example/',
  ])('is not sent to %s', (url) => {
    expect(() => withProof({ method: 'GET', url }, proof)).toThrowError(
      expect.objectContaining({ code: 'INTERNAL', message: expect.not.stringContaining('Bearer') as string }),
    );
  });

  it('is put into headers in one file alone', () => {
    const files = readdirSync(REGISTRY, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    expect(files.length).toBeGreaterThan(50);
    const setting = files.filter((name) =>
      /headers\s*[:=]\s*\{[^}]*\bauthorization\b|headers\[['"]authorization['"]\]\s*=/i.test(
        readFileSync(join(REGISTRY, name), 'utf8'),
      ),
    );
    expect(setting).toEqual(['auth/proof.ts']);
  });

  it('in a body goes along no redirect', () => {
    expect(secretForm('https://h.io/t', { a: 'ä b' })).toMatchObject({ method: 'POST', redirects: 'manual' });
  });
});

describe('secret words', () => {
  it('are hidden plain, in URLs and in JSON; short ones are no secrets', () => {
    const words = createSecretWords();
    for (const secret of ['pass word"', 'pass word"longer', 'abc']) words.add(secret);
    const text = [
      'pass word"longer',
      encodeURIComponent('pass word"'),
      JSON.stringify('pass word"'),
      'abc',
    ].join('|');
    expect(words.hide(text)).toBe('***|***|"***"|abc');
  });

  it('are taken out of errors, with the hint and the cause', () => {
    const words = createSecretWords();
    words.add('secret-word');
    const cause = new Error('to secret-word');
    const error = new BuildError('NETWORK', 'GET /secret-word', { hint: 'not secret-word', cause });
    expect(withoutSecrets(error, words)).toMatchObject({
      code: 'NETWORK',
      message: 'GET /***',
      hint: 'not ***',
    });
    expect((withoutSecrets(error, words) as Error).cause).toBeUndefined();
    const clean = new BuildError('NETWORK', 'GET /', { cause: new Error('reset') });
    expect(withoutSecrets(clean, words)).toBe(clean);
  });
});
