import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSecretFlags, readSecretInputs } from '../../../src/request/index.ts';
import { parseAgents } from '../../../src/request/run/agents.ts';
import { parseHosts, parseLimits, parseSize } from '../../../src/request/run/run-values.ts';

const cwd = mkdtempSync(join(tmpdir(), 'run-values-'));
writeFileSync(join(cwd, 'file'), 'from file');
afterAll(() => rmSync(cwd, { recursive: true }));
const place = { cwd, env: { VAR: 'from variable' } };
const texts = (secrets: readonly { id: string; content: Uint8Array }[]): string[] =>
  secrets.map(({ id, content }) => `${id}: ${Buffer.from(content).toString()}`);

describe('secrets of the command line', () => {
  it.each([
    ['id=s,src=file', 's: from file'],
    ['id=s,source=file,type=file', 's: from file'],
    ['id=s,env=VAR', 's: from variable'],
    ['type=env,id=s,src=VAR', 's: from variable'],
    ['type=env,id=VAR', 'VAR: from variable'],
    ['id=VAR', 'VAR: from variable'],
    ['id=file', 'file: from file'],
    ['"id=s","src=file"', 's: from file'],
  ])('takes %s', (entry, expected) => {
    expect(texts(parseSecretFlags([entry], place).secrets)).toEqual([expected]);
  });

  it.each(['src=file', 'id=s,src=gone', 'id=s,type=x', 'id=s,mode=1', 'id', ''])('refuses %j', (entry) => {
    expect(() => parseSecretFlags([entry], place)).toThrow(
      expect.objectContaining({ code: 'USAGE' }) as Error,
    );
  });

  it('leaves out a variable that is not set, and says so', () => {
    expect(parseSecretFlags(['id=s,env=GONE'], place)).toEqual({
      secrets: [],
      warnings: ['secret s is not given: the variable GONE is not set'],
    });
  });

  it('refuses what is larger than BuildKit takes', () => {
    writeFileSync(join(cwd, 'large'), Buffer.alloc(500 * 1024 + 1));
    expect(() => parseSecretFlags(['id=s,src=large'], place)).toThrow(/too large/);
  });
});

describe('secrets of the action', () => {
  it('takes values, variables and files, and warns of the others without a word of them', () => {
    const { secrets, warnings } = readSecretInputs(
      {
        values: ['a= x=y ', 'hush', '=hush', 'k=', ' '],
        envs: ['b=VAR', 'c=GONE'],
        files: ['d=file', 'e=gone'],
      },
      place,
    );
    expect(texts(secrets)).toEqual(['a:  x=y ', 'b: from variable', 'd: from file']);
    expect(warnings).toHaveLength(5);
    expect(warnings.join()).not.toContain('hush');
  });
});

describe('agents', () => {
  it('are sockets, or keys in files', () => {
    const agents = (entry: string) => () => parseAgents([entry], { cwd, env: {} });
    expect(agents('default')).toThrow(/SSH_AUTH_SOCK/);
    expect(agents('a=gone')).toThrow(/is not there/);
    expect(agents('a=file')()).toEqual([{ id: 'a', keys: [join(cwd, 'file')] }]);
    expect(agents('a=file,file')()).toEqual([{ id: 'a', keys: [join(cwd, 'file'), join(cwd, 'file')] }]);
    expect(parseAgents([''], place)).toEqual([]);
  });
});

describe('hosts', () => {
  it.each([
    ['a=1.2.3.4', ['a 1.2.3.4']],
    ['a:1.2.3.4', ['a 1.2.3.4']],
    ['a=[::1]', ['a ::1']],
    ['a:::1', ['a ::1']],
    ['a=1.2.3.4,fe80::1', ['a 1.2.3.4', 'a fe80::1']],
    ['a=host-gateway', ['a 127.0.0.1']],
  ])('reads %s', (entry, expected) => {
    expect(parseHosts([entry]).map(({ host, address }) => `${host} ${address}`)).toEqual(expected);
  });

  it.each(['a', 'a=', 'a=b', '=1.2.3.4', 'a b=1.2.3.4', 'a\nb=1.2.3.4', '1.2.3.4'])('refuses %j', (entry) => {
    expect(() => parseHosts([entry])).toThrow(/invalid host/);
  });
});

describe('sizes and limits', () => {
  it.each([
    ['64', 64],
    ['64m', 64 << 20],
    ['1.5KiB', 1536],
    ['2GB', 2 * 1024 ** 3],
  ])('%s is %d bytes', (text, bytes) => expect(parseSize(text, 'shm-size')).toBe(bytes));

  it.each(['', 'm', '-1', '1x', '9999999p'])('refuses the size %j', (text) => {
    expect(() => parseSize(text, 'shm-size')).toThrow(/shm-size/);
  });

  it('reads limits', () => {
    expect(parseLimits(['nofile=1:2', 'core=0', 'memlock=-1', 'nproc=5:-1'])).toEqual([
      { name: 'nofile', soft: '1', hard: '2' },
      { name: 'core', soft: '0', hard: '0' },
      { name: 'memlock', soft: 'unlimited', hard: 'unlimited' },
      { name: 'nproc', soft: '5', hard: 'unlimited' },
    ]);
  });

  it.each(['nofile', 'nofile=2:1', 'nofile=-1:1', 'files=1', 'nofile=x'])('refuses the limit %s', (text) => {
    expect(() => parseLimits([text])).toThrow(/invalid ulimit/);
  });
});
