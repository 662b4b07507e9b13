import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../../../src/process/index.ts';
import { isFilteredMachine } from '../../../../src/isolation/filter/filtering-launcher.ts';
import { oneUserCommand } from '../../../../src/isolation/recorder/one-user-command.ts';
import { readRecording } from '../../../../src/isolation/recorder/recording.ts';

const strace = findProgram('strace', '');
const isTraceable = strace !== undefined && spawnSync(strace, ['-o', '/dev/null', '/bin/true']).status === 0;
const hex = (text: string): string => Buffer.from(text).toString('hex').replace(/../g, '\\x$&');

const SCRIPT =
  'trap : INT; cat /etc/passwd >/dev/null; (cd / && : >$0/made && chown 12:34 $0/made && :); kill -INT $$; exit 7';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'one-user-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function run(tracer: string | undefined) {
  const log = join(directory, 'log');
  const words = oneUserCommand(
    { strace: tracer },
    { directory, log },
    { sh: '/bin/sh', mkfifo: '/usr/bin/mkfifo' },
  );
  const [first = '', ...rest] = [...words, '/bin/sh', '-c', SCRIPT, directory];
  return { ...spawnSync(first, rest, { encoding: 'utf8' }), log };
}

const CHANGES = (path: string) => [
  expect.objectContaining({ kind: 'made', path }) as unknown,
  expect.objectContaining({ kind: 'owner', path, uid: 12, gid: 34 }) as unknown,
];

describe('the only user', () => {
  it.skipIf(!isTraceable)('has the recorder see what makes files, and nothing that only opens them', () => {
    const { status, stderr, log } = run(strace);
    expect({ status, stderr }).toEqual({ status: 7, stderr: '' });
    const { events } = readRecording(log);
    expect(events).toEqual(expect.arrayContaining(CHANGES(`${directory}/made`)));
    if (isFilteredMachine(process.arch)) expect(readFileSync(log, 'utf8')).not.toContain(hex('/etc/passwd'));
  });

  it.skipIf(!isTraceable)('has it see all where it may not attach', () => {
    const obstinate = join(directory, 'strace');
    writeFileSync(obstinate, `#!/bin/sh\ncase "$*" in *' -p '*) exit 1;; esac\nexec ${strace} "$@"\n`, {
      mode: 0o755,
    });
    const { status, stderr, log } = run(obstinate);
    expect({ status, stderr }).toEqual({ status: 7, stderr: '' });
    expect(readRecording(log).events).toEqual(expect.arrayContaining(CHANGES(`${directory}/made`)));
    expect(readFileSync(log, 'utf8')).toContain(hex('/etc/passwd'));
  });

  it.skipIf(!isFilteredMachine(process.arch))(
    'passes for others without a recorder, which nobody knows of then',
    () => {
      expect(run(undefined)).toMatchObject({ status: 7, stderr: '' });
    },
  );
});
