import type { BuildRequest } from '../request/index.ts';
import type { Job } from './messages.ts';

/** What mounts of RUN are given, as it is told to the building process. */
export function runSupplies({
  secrets = [],
  agentSockets,
}: Pick<BuildRequest, 'secrets'> & {
  readonly agentSockets: Readonly<Record<string, string>>;
}): Pick<Job, 'secrets' | 'sshAgents'> {
  return {
    secrets: Object.fromEntries(
      secrets.map(({ id, content }) => [id, Buffer.from(content).toString('base64')]),
    ),
    sshAgents: { ...agentSockets },
  };
}
