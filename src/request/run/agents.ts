import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import type { GivenAgent } from '../build-request.ts';
import type { SecretPlace } from './read-secret.ts';

/**
 * Agents for ssh mounts: `id` stands for the agent of SSH_AUTH_SOCK, `id=path` for the socket at a path. Throws USAGE where there
 * is none, UNSUPPORTED for a key file.
 */
export function parseAgents(entries: readonly string[], { env, cwd }: SecretPlace): GivenAgent[] {
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => {
      const at = entry.indexOf('=');
      const [id, path] = at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
      return { id: id || 'default', socket: socketAt(path || (env['SSH_AUTH_SOCK'] ?? ''), entry, cwd) };
    });
}

function socketAt(path: string, entry: string, cwd: string): string {
  if (path === '') {
    throw new BuildError('USAGE', `no agent for ssh ${JSON.stringify(entry)}: SSH_AUTH_SOCK is not set`, {
      hint: 'start ssh-agent before the build, or name its socket: id=/path/of/socket',
    });
  }
  const absolute = resolve(cwd, path);
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (stat?.isSocket() === true) return absolute;
  if (stat === undefined)
    throw new BuildError('USAGE', `ssh ${JSON.stringify(entry)}: ${absolute} is not there`, {
      hint: 'start ssh-agent before the build, and name its socket',
    });
  throw new BuildError('UNSUPPORTED', `ssh ${JSON.stringify(entry)}: ${absolute} is no socket`, {
    hint: 'key files are not read here: add the key to an agent by ssh-add, and give the agent',
  });
}
