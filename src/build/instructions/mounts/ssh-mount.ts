import { chmodSync, mkdirSync } from 'node:fs';
import { fromText } from '../../../bytes/index.ts';
import { BuildError } from '../../../errors/index.ts';
import type { BuildKit } from '../../kit.ts';
import { boundAt } from './bind-mount.ts';
import type { SshRequest } from './mount-request.ts';
import type { PreparedMount } from './prepared-mount.ts';
import type { Releases } from './releases.ts';
import { relaySocket } from './relay-socket.ts';

/**
 * Sockets that lead to the agents given to the build; where one is not given and not required there is none. Throws USAGE for
 * a required one.
 */
export async function prepareAgents(
  requests: readonly SshRequest[],
  kit: BuildKit,
  releases: Releases,
): Promise<PreparedMount[]> {
  const mounts: PreparedMount[] = [];
  for (const request of requests) {
    const agent = kit.ports.sshAgents?.get(request.id);
    if (agent === undefined && request.required) throw notGiven(request.id);
    if (agent !== undefined) mounts.push(await relayed(request, agent, kit, releases));
  }
  return mounts;
}

/** Where ssh(1) in a RUN looks for its agent: at the first mount, given or not. */
export function agentVariable(requests: readonly SshRequest[]): Record<string, string> {
  const [first] = requests;
  return first === undefined ? {} : { SSH_AUTH_SOCK: first.target };
}

async function relayed(
  { target, mode = 0o600, uid = 0, gid = 0 }: SshRequest,
  agent: string,
  kit: BuildKit,
  releases: Releases,
): Promise<PreparedMount> {
  const directory = kit.freshDirectory('agent');
  mkdirSync(directory, { recursive: true });
  const relay = await relaySocket(agent, directory, (path) => {
    kit.giveTo(fromText(path), { uid, gid });
    chmodSync(path, mode);
  });
  releases.add(() => relay.close());
  return boundAt(target, fromText(relay.path), 'file', false);
}

function notGiven(id: string): BuildError {
  return new BuildError('USAGE', `no SSH key ${JSON.stringify(id)} forwarded from the client`, {
    hint: `start an agent, and give it by --ssh ${id}; in the action by the input ssh`,
  });
}
