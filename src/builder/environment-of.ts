import type { Environment } from '../request/index.ts';

/** The environment of programs of this machine: nothing of the CI system's, no token, no setting that changes how they start. */
export function environmentOf(env: Environment): Record<string, string> {
  return { PATH: env['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
}
