import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import type { GivenAgent } from '../build-request.ts';
import type { SecretPlace } from './read-secret.ts';

/**
 * Agents for ssh mounts: `id` stands for the agent of SSH_AUTH_SOCK, `id=path` for the socket at a path, and
 * `id=path[,path…]` for private keys in files. Throws USAGE for what is not there and for sockets among several paths.
 */
export function parseAgents(entries: readonly string[], place: SecretPlace): GivenAgent[] {
  return entries.filter((entry) => entry !== '').map((entry) => parseAgent(entry, place));
}

function parseAgent(entry: string, { env, cwd }: SecretPlace): GivenAgent {
  const at = entry.indexOf('=');
  const [written, value] = at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  const id = written || 'default';
  const named = value === '' ? (env['SSH_AUTH_SOCK'] ?? '') : value;
  if (named === '') throw noAgent(entry);
  const paths = named.split(',').map((path) => resolve(cwd, path));
  const sockets = paths.filter((path) => isSocket(path, entry));
  if (sockets.length === 0) return { id, keys: paths };
  const [socket] = sockets;
  if (socket !== undefined && paths.length === 1) return { id, socket };
  throw new BuildError('USAGE', `ssh ${JSON.stringify(entry)}: a socket among several paths`, {
    hint: 'give one socket of an agent, or files of keys',
  });
}

function isSocket(path: string, entry: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined) return stat.isSocket();
  throw new BuildError('USAGE', `ssh ${JSON.stringify(entry)}: ${path} is not there`, {
    hint: 'name the socket of an agent, or the file of a private key',
  });
}

function noAgent(entry: string): BuildError {
  return new BuildError('USAGE', `no agent for ssh ${JSON.stringify(entry)}: SSH_AUTH_SOCK is not set`, {
    hint: 'start ssh-agent before the build, or name its socket or a private key: id=/path',
  });
}
