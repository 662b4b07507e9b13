import type { BuildRequest } from '../request/index.ts';
import type { Job } from './messages.ts';

/** What mounts of RUN are given, as it is told to the building process. */
export function runSupplies({
  secrets = [],
  sshAgents = [],
}: Pick<BuildRequest, 'secrets' | 'sshAgents'>): Pick<Job, 'secrets' | 'sshAgents'> {
  return {
    secrets: Object.fromEntries(
      secrets.map(({ id, content }) => [id, Buffer.from(content).toString('base64')]),
    ),
    sshAgents: Object.fromEntries(sshAgents.map(({ id, socket }) => [id, socket])),
  };
}
