import { run } from '../../process/index.ts';
import { LIMIT_MS, type TrialResult } from './trial.ts';

/** Where the directory appears; nothing has to be there. */
const GUEST = '/mnt/ts-kaniko-probe';

/** Paths that were not translated would lead nowhere, so every call that RUN needs is made with one that has to be. */
const SCRIPT = `set -e
[ "$(id -u)" = 0 ] || { echo 'it translates no system call on this kernel' >&2; exit 1; }
: >${GUEST}/f; chown 1:1 ${GUEST}/f; stat ${GUEST}/f >/dev/null; mkdir ${GUEST}/a; mv ${GUEST}/a ${GUEST}/b; rm -r ${GUEST}/b ${GUEST}/f`;

/** Does in `directory`, which must be empty and is left empty, what a RUN does under proot(1). */
export async function tryProot(
  proot: string,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<TrialResult> {
  const words = [
    '--kill-on-exit',
    '-0',
    '-r',
    '/',
    '-b',
    `${directory}:${GUEST}`,
    '-w',
    '/',
    '/bin/sh',
    '-c',
    SCRIPT,
  ];
  const result = await run(proot, words, {
    env: { PATH: env['PATH'] ?? '', LC_ALL: 'C' },
    timeoutMs: LIMIT_MS,
  });
  if (result.status === 0) {
    const refused = 'proot mounts nothing';
    return { entered: true, failures: { overlay: refused, proc: refused } };
  }
  const reason =
    result.errorCode === 'ETIMEDOUT' ? `no answer within ${LIMIT_MS / 1000} seconds` : result.stderr.trim();
  return { entered: false, reason: reason || `proot ended with status ${result.status ?? result.signal}` };
}
