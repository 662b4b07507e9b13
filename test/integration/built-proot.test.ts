import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRecording } from '../../src/isolation/recorder/recording.ts';
import { runSync, type RunResult } from '../../src/process/index.ts';
import { titled, TOOL_PATH } from '../support/e2e/requirements.ts';
import { TEST_PROOT } from '../support/environments/test-proot.ts';

const reason = existsSync(TEST_PROOT) ? undefined : `not built: ${TEST_PROOT}`;

const USER = 65_534;
/** Root could look into every process. */
const AS_USER =
  process.getuid?.() === 0 ? [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--'] : ['--'];

describe.skipIf(reason !== undefined)(titled('proot as docker/build-proot.sh builds it', reason), () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(`${tmpdir()}/built-proot-`);
    if (AS_USER.length > 1) chownSync(directory, USER, USER);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** The directory is /mnt/here. */
  const guest = (words: readonly string[], env: Record<string, string> = {}): RunResult =>
    runSync(
      'setpriv',
      [
        ...AS_USER,
        TEST_PROOT,
        '--kill-on-exit',
        '-0',
        '-r',
        '/',
        '-b',
        `${directory}:/mnt/here`,
        '-w',
        '/mnt',
        ...words,
      ],
      { env: { PATH: TOOL_PATH, ...env } },
    );
  const shell = (script: string, env?: Record<string, string>): RunResult => guest(['sh', '-c', script], env);

  it('hands on how a program ended, and leaves no process behind', () => {
    const mark = `86${process.pid}`;
    expect(shell(`sleep ${mark} & (setsid sleep ${mark} &); (exit 5); exit 37`).status).toBe(37);
    const left = readdirSync('/proc').filter((pid) => commandOf(pid).includes(mark));
    expect(left).toEqual([]);
  });

  it.each([
    ['openat2', 'syscall(437, -100, $path, $how, 24)'],
    ['fchmodat2', 'syscall(452, -100, $path, 0600, 0)'],
  ])('refuses %s, which would see the files of the machine', (_, call) => {
    const words = '$path = "/mnt/here/file\\0"; $how = pack("QQQ", 0, 0, 0)';
    const { stdout } = shell(`: >/mnt/here/file; perl -e '${words}; print ${call}, " ", $! + 0'`);
    expect(stdout).toBe('-1 38');
  });

  it('writes down what a program did to owners, out of its sight', () => {
    const log = `${directory}/log`;
    const script =
      'cd here && : >a && chown 5:6 a && mv a b && env | grep -c OWNERS; ls -l /proc/[0-9]*/fd | grep "here/log"; true';
    const { status, stdout } = shell(script, { PROOT_OWNERS: log });
    expect([status, stdout]).toEqual([0, '0\n']);
    expect(readRecording(log).events.filter((event) => event.kind !== 'made')).toEqual([
      { kind: 'owner', path: '/mnt/here/a', uid: 5, gid: 6, follow: true, byDescriptor: false },
      { kind: 'moved', from: '/mnt/here/a', to: '/mnt/here/b' },
    ]);
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // not a process, or one that has gone
  }
}
