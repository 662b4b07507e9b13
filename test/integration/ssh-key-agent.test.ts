import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgents, type RunningAgents } from '../../src/builder/ssh-agent/start-agents.ts';
import { execute, succeed } from '../support/e2e/execute.ts';
import { missing, titled, TOOL_PATH } from '../support/e2e/requirements.ts';

const reason = missing({ tools: ['ssh-keygen', 'ssh-add', 'openssl'] });

/** Name → how ssh-keygen makes it. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  ed25519: ['-t', 'ed25519'],
  rsa: ['-t', 'rsa', '-b', '2048'],
  'rsa-pem': ['-t', 'rsa', '-b', '2048', '-m', 'PEM'],
  'rsa-pkcs8': ['-t', 'rsa', '-b', '3072', '-m', 'PKCS8'],
  'ecdsa-256': ['-t', 'ecdsa', '-b', '256'],
  'ecdsa-384': ['-t', 'ecdsa', '-b', '384'],
  'ecdsa-521': ['-t', 'ecdsa', '-b', '521'],
  'ecdsa-pem': ['-t', 'ecdsa', '-b', '256', '-m', 'PEM'],
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-agent-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function makeKey(name: string, words: readonly string[], passphrase = ''): Promise<string> {
  const path = join(directory, name);
  await succeed('ssh-keygen', ['-q', '-N', passphrase, '-C', name, '-f', path, ...words]);
  return path;
}

async function withAgent<T>(
  keys: readonly string[],
  use: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const place = mkdtempSync(join(directory, 'a-'));
  const agents: RunningAgents = await startAgents([{ id: 'default', keys }], place);
  try {
    return await use({ PATH: TOOL_PATH, HOME: directory, SSH_AUTH_SOCK: agents.sockets['default'] ?? '' });
  } finally {
    await agents.close();
  }
}

describe.skipIf(reason !== undefined)(titled('an agent of our own for key files', reason), () => {
  it.for(Object.entries(KEYS))('lists and signs with %s', async ([name, words]) => {
    const key = await makeKey(name, words);
    const publicKey = readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    const message = `${key}.message`;
    writeFileSync(message, 'what is signed\n');
    writeFileSync(`${key}.allowed`, `someone ${publicKey}\n`);
    await withAgent([key], async (env) => {
      expect(await succeed('ssh-add', ['-L'], { env })).toContain(publicKey);
      // With a public key the private one is looked for in the agent.
      await succeed('ssh-keygen', ['-Y', 'sign', '-f', `${key}.pub`, '-n', 'test', message], { env });
    });
    const verify = [
      '-Y',
      'verify',
      '-f',
      `${key}.allowed`,
      '-I',
      'someone',
      '-n',
      'test',
      '-s',
      `${message}.sig`,
    ];
    await succeed('sh', ['-c', 'ssh-keygen "$@" < "$0"', message, ...verify]);
  });

  it('holds several keys, and takes none over the socket', async () => {
    const [first, second, other] = [
      await makeKey('first', ['-t', 'ed25519']),
      await makeKey('second', ['-t', 'ecdsa']),
      await makeKey('other', ['-t', 'ed25519']),
    ];
    await withAgent([first, second], async (env) => {
      const listed = await succeed('ssh-add', ['-l'], { env });
      expect(listed.trim().split('\n')).toHaveLength(2);
      expect((await execute('ssh-add', [other], { env })).status).not.toBe(0);
      expect((await execute('ssh-add', ['-D'], { env })).status).not.toBe(0);
      expect(await succeed('ssh-add', ['-l'], { env })).toBe(listed);
    });
  });

  it('refuses keys that are encrypted, of another kind or none', async () => {
    const dsa = join(directory, 'x25519');
    await succeed('openssl', ['genpkey', '-algorithm', 'x25519', '-out', dsa]);
    const none = join(directory, 'none');
    writeFileSync(none, 'nothing of the kind');
    const cases: [string, RegExp][] = [
      [await makeKey('locked', ['-t', 'ed25519'], 'secret'), /it is encrypted/],
      [await makeKey('locked-pem', ['-t', 'rsa', '-m', 'PEM'], 'secret'), /it is encrypted/],
      [dsa, /keys of the type x25519 are not supported/],
      [none, /it is no private key/],
      [join(directory, 'gone'), /it cannot be read/],
    ];
    for (const [key, message] of cases)
      await expect(startAgents([{ id: 'default', keys: [key] }], directory)).rejects.toThrow(message);
  });
});
