import { existsSync, rmSync } from 'node:fs';
import { findProgram, run } from '../../process/index.ts';
import { prootRecord, prootSettings, type ProotProgram } from '../proot/proot-program.ts';
import { LIMIT_MS, type TrialResult } from './trial.ts';

/** Where the directory appears; nothing has to be there. */
const GUEST = '/mnt/ts-kaniko-probe';

const UNTRANSLATED = 'it translates no system call on this kernel';

/** Paths that were not translated would lead nowhere, so every call that RUN needs is made with one that has to be. */
const SCRIPT = `set -e
[ "$(id -u)" = 0 ] && [ -d ${GUEST} ] || { echo '${UNTRANSLATED}' >&2; exit 1; }
: >${GUEST}/f; chown 1:1 ${GUEST}/f; ls -ld ${GUEST}/f >/dev/null; mkdir ${GUEST}/a; mv ${GUEST}/a ${GUEST}/b; rm -r ${GUEST}/b ${GUEST}/f`;

/** How the program works here, as far as it does. */
export interface ProotTrial {
  readonly program: ProotProgram;
  readonly result: TrialResult;
}

/**
 * Does in `directory`, which must be empty and is left empty, what a RUN does under proot(1). What it says is missing is
 * given to it, and it is tried again.
 */
export async function tryProot(
  program: ProotProgram,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<ProotTrial> {
  const said = await failureOf(program, directory, env);
  if (said === undefined) {
    const refused = 'proot mounts nothing';
    const record = prootRecord(directory);
    const records = existsSync(record);
    rmSync(record, { force: true });
    return {
      program: { ...program, records },
      result: { entered: true, failures: { overlay: refused, proc: refused } },
    };
  }
  const helped = {
    ...program,
    unfiltered: program.unfiltered || said.includes(UNTRANSLATED),
    ownTemporary: program.ownTemporary || said.includes('PROOT_TMP_DIR'),
  };
  const isNew = helped.unfiltered !== program.unfiltered || helped.ownTemporary !== program.ownTemporary;
  return isNew ? tryProot(helped, directory, env) : { program, result: { entered: false, reason: said } };
}

/** Undefined where all went well. */
async function failureOf(
  program: ProotProgram,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const path = env['PATH'] ?? '';
  const binds = ['-r', '/', '-b', `${directory}:${GUEST}`, '-w', '/'];
  const words = ['--kill-on-exit', '-0', ...binds, findProgram('sh', path) ?? '/bin/sh', '-c', SCRIPT];
  const result = await run(program.path, words, {
    env: { PATH: path, LC_ALL: 'C', ...prootSettings({ ...program, records: true }, directory) },
    timeoutMs: LIMIT_MS,
  });
  if (result.status === 0) return undefined;
  if (result.errorCode === 'ETIMEDOUT') return `no answer within ${LIMIT_MS / 1000} seconds`;
  return result.stderr.trim() || `proot ended with status ${result.status ?? result.signal}`;
}
