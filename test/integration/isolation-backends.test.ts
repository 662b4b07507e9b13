import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram, runSync } from '../../src/process/index.ts';
import { inSandbox, noRootSandbox } from '../support/sandbox-report.ts';

const reason = noRootSandbox();
const title = (text: string, why: string | undefined): string =>
  why === undefined ? text : `${text} (skipped: ${why})`;

const STEPS = [
  {
    script:
      'id -u; id -g; echo made >/srv/f; chown 33:34 /srv/f; mkdir -m 000 /srv/closed; stat -c %u:%g /srv/f',
  },
  { script: 'id -u; cat /srv/f; mkdir /srv/d 2>/dev/null || echo refused', uid: 65534, gid: 65534 },
  { script: 'mv /root /srv/moved && rm -rf /tmp && ls -d /srv/moved && [ -w /dev/null ] && ps | wc -l' },
];

/** What every backend must give. */
function expectFull(report: ReturnType<typeof inSandbox>): void {
  expect(report.exitStatus).toBe(0);
  const [first, second, third] = report.runs;
  expect(first).toMatchObject({ exitCode: 0, stdout: '0\n0\n33:34\n', stderr: '' });
  expect(second).toMatchObject({ exitCode: 0, stdout: '65534\nmade\nrefused\n' });
  expect(third).toMatchObject({ exitCode: 0 });
  expect(third!.stdout).toContain('/srv/moved');
  expect(report.removed).toBe(true);
}

describe.skipIf(reason !== undefined)(title('as root', reason), () => {
  it.each([false, true])('mountns builds (overlay: %s)', (overlay) => {
    const report = inSandbox({ backend: 'mountns', overlay, runs: STEPS.slice(0, 2) });
    expect(report.backend).toMatchObject({ name: 'mountns', ownProc: true, overlay: true, userxattr: false });
    expect(report.runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(report.removed).toBe(true);
  });

  it('userns-identity builds where root lacks CAP_SYS_ADMIN', () => {
    const report = inSandbox(
      { backend: 'userns-identity', overlay: true, runs: STEPS },
      { prefix: ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin', '--'] },
    );
    expectFull(report);
    expect(report.backend.userxattr).toBe(true);
  });

  it('userns-identity builds where privileges cannot be gained', () => {
    const prefix = [
      'setpriv',
      '--no-new-privs',
      '--bounding-set',
      '-sys_admin',
      '--inh-caps',
      '-sys_admin',
      '--',
    ];
    expectFull(inSandbox({ backend: 'userns-identity', overlay: true, runs: STEPS }, { prefix }));
  });

  it('userns-identity builds where a container runtime has masked /proc and restricted mounts', () => {
    const container = `mount -o remount,bind,nosuid,noexec /dev && mount -t tmpfs -o ro tmpfs /proc/acpi &&
      mount --bind /dev/null /proc/keys && mount --bind /proc/sys /proc/sys &&
      mount -o remount,bind,ro,nosuid,nodev,noexec /proc/sys && exec setpriv --bounding-set -sys_admin -- "$@"`;
    const report = inSandbox(
      { backend: 'userns-identity', overlay: true, runs: STEPS },
      { prefix: ['unshare', '--mount', 'sh', '-c', container, 'sh'] },
    );
    expect(report.backend.ownProc).toBe(false);
    expectFull(report);
  });

  it('works without processes of its own where a new proc is refused', () => {
    const steps = [
      { script: 'sleep 77777 & echo here', ownProc: false },
      { script: 'ps | grep -c "[s]leep 77777"', ownProc: false },
    ];
    const report = inSandbox({ backend: 'userns-identity', runs: steps });
    expect(report.runs).toMatchObject([{ stdout: 'here\n' }, { stdout: '0\n' }]);
  });
});

/** A user that exists while these tests run, with ids lent to it. */
const USER = `tsk${process.pid}`;
const noUser =
  reason ??
  (findProgram('useradd', '') === undefined ? 'no useradd' : undefined) ??
  (findProgram('newuidmap', '') === undefined ? 'no newuidmap (apt-get install uidmap)' : undefined);

describe.skipIf(noUser !== undefined)(title('as a user without privileges', noUser), () => {
  let prefix: string[] = [];

  beforeAll(() => {
    const made = runSync('useradd', ['--no-create-home', '--shell', '/bin/sh', USER]);
    if (made.status !== 0) throw new Error(made.stderr);
    for (const file of ['/etc/subuid', '/etc/subgid']) {
      if (!readFileSync(file, 'utf8').includes(`${USER}:`)) appendFileSync(file, `${USER}:3000000:65536\n`);
    }
    const uid = runSync('id', ['-u', USER]).stdout.trim();
    const gid = runSync('id', ['-g', USER]).stdout.trim();
    prefix = ['setpriv', '--reuid', uid, '--regid', gid, '--clear-groups', '--'];
    const reachable = runSync('setpriv', [...prefix.slice(1), 'test', '-r', import.meta.filename]);
    if (reachable.status !== 0) throw new Error(`other users cannot read ${import.meta.filename}`);
  });

  afterAll(() => {
    runSync('userdel', [USER]);
    for (const file of ['/etc/subuid', '/etc/subgid']) {
      const lines = readFileSync(file, 'utf8').split('\n');
      const kept = lines.filter((line) => !line.startsWith(`${USER}:`));
      if (kept.length < lines.length) writeFileSync(file, kept.join('\n'));
    }
  });

  it.each([false, true])('userns-full builds (overlay: %s)', (overlay) => {
    expectFull(inSandbox({ backend: 'userns-full', overlay, runs: STEPS }, { prefix }));
  });

  it('refuses users beyond the lent ids by name of the id', () => {
    const { runs } = inSandbox(
      { backend: 'userns-full', runs: [{ script: 'true', uid: 5_000_000, gid: 0 }] },
      { prefix },
    );
    expect(runs).toMatchObject([
      { errorCode: 'UNSUPPORTED', errorMessage: expect.stringContaining('user 5000000') as string },
    ]);
  });

  it('keeps RUN away from devices of the machine, which it can use but not change', () => {
    const script = 'chmod 0666 /dev/null || echo refused; echo x >/dev/null && echo written';
    const { runs } = inSandbox({ backend: 'userns-full', runs: [{ script }] }, { prefix });
    expect(runs[0]!.stdout).toBe('refused\nwritten\n');
  });

  it.skipIf(findProgram('sudo', '') === undefined)('sudo builds as root and leaves nothing behind', () => {
    const rule = `/etc/sudoers.d/${USER}`;
    writeFileSync(rule, `${USER} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
    try {
      expectFull(
        inSandbox({ backend: 'sudo', overlay: true, runs: STEPS }, { prefix, secret: "it's\nsecret" }),
      );
    } finally {
      rmSync(rule);
    }
  });

  it('says that sudo asks for a password', () => {
    const probe = (): unknown => inSandbox({ backend: 'sudo', runs: [] }, { prefix });
    expect(probe).toThrow(
      findProgram('sudo', '') === undefined ? /not installed/ : /sudo asks for a password/,
    );
  });

  it('says why mountns is not possible', () => {
    expect(() => inSandbox({ backend: 'mountns', runs: [] }, { prefix })).toThrow(/mountns\s+no\s+not root/);
  });
});
