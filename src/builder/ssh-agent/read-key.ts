import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BuildError } from '../../errors/index.ts';
import { agentKey, type AgentKey } from './agent-key.ts';
import { readOpensshKey, UnusableKey } from './openssh-key.ts';

const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END OPENSSH PRIVATE KEY-----/;

/** The private key in a file, PEM or OpenSSH's format. Throws USAGE where it is none, or none that can be used. */
export function readKey(path: string): AgentKey {
  const text = textOf(path);
  let key: KeyObject;
  try {
    const [, body] = OPENSSH.exec(text) ?? [];
    key = body === undefined ? readPem(text) : readOpensshKey(Buffer.from(body, 'base64'));
  } catch (error) {
    throw unusable(path, error instanceof UnusableKey ? error.message : 'it is no private key', error);
  }
  const made = agentKey(key, path);
  if (made === undefined) throw unusable(path, `keys of the type ${key.asymmetricKeyType} are not supported`);
  return made;
}

function readPem(text: string): KeyObject {
  if (/ENCRYPTED/.test(text)) throw new UnusableKey('it is encrypted');
  return createPrivateKey(text);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw unusable(path, 'it cannot be read', error);
  }
}

function unusable(path: string, why: string, cause?: unknown): BuildError {
  return new BuildError('USAGE', `the SSH key ${path} cannot be used: ${why}`, {
    hint: 'give an unencrypted RSA, ECDSA or Ed25519 key; an encrypted one has to be in an agent: ssh-add it, and give the agent',
    cause,
  });
}
