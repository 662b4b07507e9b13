import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSigningKey } from '../../../src/request/index.ts';

const KEY = '0123456789abcdef';
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'signing-key-'));
  writeFileSync(join(cwd, 'key'), `${KEY}\n`);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const read = (
  given: string | undefined,
  env: Record<string, string> = {},
  forms: 'anything' | 'named' = 'named',
) => readSigningKey(given, { env, cwd }, forms);

describe('the signing key of the cache', () => {
  it.each([
    ['env=MINE', { MINE: KEY }],
    ['file=key', {}],
    ['src=key', {}],
    [undefined, { TS_KANIKO_CACHE_KEY: ` ${KEY}\n` }],
    ['', { TS_KANIKO_CACHE_KEY: KEY }],
  ])('comes out of %j', (given, env) => {
    expect(read(given, env)).toBe(KEY);
  });

  it('is itself the value of an input, and never a word of a command line', () => {
    expect(read(KEY, {}, 'anything')).toBe(KEY);
    expect(() => read(KEY)).toThrow('--cache-signing-key takes no key itself');
  });

  it('is none where nothing is given', () => {
    expect([read(undefined), read('', { TS_KANIKO_CACHE_KEY: '' })]).toEqual([undefined, undefined]);
  });

  it('that is named wins over the variable', () => {
    expect(read('env=MINE', { MINE: KEY, TS_KANIKO_CACHE_KEY: 'x'.repeat(20) })).toBe(KEY);
  });

  it.each([
    ['env=NONE', {}, 'the variable NONE is not set'],
    ['file=none', {}, 'cannot be read'],
    ['env=SHORT', { SHORT: 'hunter2' }, 'SHORT has fewer than 16 characters'],
    [undefined, { TS_KANIKO_CACHE_KEY: 'hunter2' }, 'TS_KANIKO_CACHE_KEY has fewer than 16 characters'],
  ])('%j: refused, and not shown', (given, env, message) => {
    expect(() => read(given, env)).toThrow(message);
    expect(() => read(given, env)).not.toThrow('hunter2');
    expect(() => read('hunter2', {}, 'anything')).not.toThrow('hunter2');
  });
});
