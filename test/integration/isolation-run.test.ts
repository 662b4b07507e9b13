import { describe, expect, it } from 'vitest';
import { inSandbox, noRootSandbox, runScripts } from '../support/sandbox-report.ts';

const reason = noRootSandbox();

describe.skipIf(reason !== undefined)(
  `RUN in a sandbox${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('hands on outputs and exit statuses as a shell counts them', () => {
      const [both, seven, killed] = runScripts(
        { script: 'echo out; echo err >&2' },
        { script: 'exit 7' },
        { script: 'kill -9 $$' },
      );
      expect(both).toMatchObject({ exitCode: 0, stdout: 'out\n', stderr: 'err\n' });
      expect(seven).toMatchObject({ exitCode: 7 });
      expect(killed).toMatchObject({ exitCode: 137 });
    });

    it('hands on all of a long output, in order, although the program ended long before it was read', () => {
      const [run] = runScripts({ script: 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done' });
      expect(run!.stdout.split('\n').slice(0, -1)).toEqual(
        Array.from({ length: 20000 }, (_, i) => `line ${i}`),
      );
    });

    it('gives exactly the environment it was told, loader variables too, and nothing of the machine', () => {
      const [run] = runScripts({
        args: ['env'],
        env: { A: "it's\n$HOME", LD_PRELOAD_TEST: '1', LD_BIND_NOW: '1' },
      });
      expect(
        run!.stdout
          .split('\n')
          .filter((line) => line !== '')
          .sort(),
      ).toEqual(['$HOME', "A=it's", 'LD_BIND_NOW=1', 'LD_PRELOAD_TEST=1', 'PATH=/bin'].sort());
    });

    it('runs as the user with the groups, in the working directory, with umask 0022 and an empty stdin', () => {
      const [run] = runScripts({
        script: 'id -u; id -g; id -G; pwd; umask; cat; readlink /proc/self/fd/0',
        uid: 1000,
        gid: 1000,
        groups: [4, 24],
        workdir: '/srv',
      });
      expect(run!.stdout).toBe('1000\n1000\n1000 4 24\n/srv\n0022\n/dev/null\n');
    });

    it("gives Docker's fourteen capabilities to root and none to others", () => {
      const script = 'grep -E "Cap(Eff|Bnd)" /proc/self/status | tr -s "\\t" " "';
      const [root, other] = runScripts({ script }, { script, uid: 1000 });
      expect(root!.stdout).toBe('CapEff: 00000000a80425fb\nCapBnd: 00000000a80425fb\n');
      expect(other!.stdout).toBe('CapEff: 0000000000000000\nCapBnd: 00000000a80425fb\n');
    });

    it('has the devices and links of a container in /dev', () => {
      const [run] = runScripts({
        script: `for d in null zero full random urandom tty; do [ -c /dev/$d ] || echo no $d; done
        for d in pts shm mqueue; do [ -d /dev/$d ] || echo no $d; done
        for l in fd stdin stdout stderr ptmx; do [ -L /dev/$l ] || echo no $l; done
        echo x >/dev/null && head -c 3 /dev/zero | wc -c && echo mem >/dev/shm/f && cat /dev/shm/f
        stat -c %a /dev/shm; df -m /dev/shm | awk 'NR==2{print $2}'`,
      });
      expect(run).toMatchObject({ stdout: '3\nmem\n1777\n64\n', stderr: '' });
    });

    it('sees its own processes only', () => {
      const [run] = runScripts({ script: 'ls -d /proc/[0-9]* | wc -l; echo $$' });
      const [count, pid] = run!.stdout.trim().split('\n').map(Number);
      expect(count).toBeLessThan(8);
      expect(pid).toBeLessThan(100);
    });

    it('writes to /dev/stdout and /dev/stderr by name, as root and as another user', () => {
      const script =
        'echo one >/dev/stdout; echo two >>/dev/stdout; echo three >/dev/stderr; echo f >/proc/self/fd/1';
      for (const run of runScripts({ script }, { script, uid: 1000 })) {
        expect(run).toMatchObject({ exitCode: 0, stdout: 'one\ntwo\nf\n', stderr: 'three\n' });
      }
    });

    it('mounts what is bound, read-only where so said', () => {
      const [run] = runScripts({
        script:
          'grep -c localhost /etc/hosts; echo x >>/etc/hosts || echo refused; cat /srv/passwd | head -1',
        binds: [{ source: '/etc', target: '/srv', readOnly: true }],
      });
      expect(run!.stdout).toMatch(/^[1-9][0-9]*\nrefused\nroot:/);
    });

    it('has only a loopback device without network', () => {
      const [none, host] = runScripts(
        { script: 'ls /sys/class/net', network: 'none' },
        { script: 'ls /sys/class/net' },
      );
      expect(none!.stdout).toBe('lo\n');
      expect(host!.exitCode).toBe(0);
    });

    it('keeps changes of the tree from one RUN to the next, and nothing of /dev, /dev/shm or processes', () => {
      const [, second] = runScripts(
        { script: 'echo kept >/srv/file; touch /dev/mine /dev/shm/mine; sleep 1000 &' },
        { script: 'cat /srv/file; ls /dev/mine /dev/shm/mine; ps | grep -c "[s]leep 1000"' },
      );
      expect(second!.stdout).toBe('kept\n0\n');
    });

    it('explains why a program could not be started', () => {
      const [missing, absolute, directory, cwd] = runScripts(
        { args: ['no-such-program'] },
        { args: ['/no/such'] },
        { args: ['/etc'] },
        { args: ['true'], workdir: '/etc/passwd' },
      );
      expect(missing).toMatchObject({
        exitCode: 127,
        startFailure: 'no-such-program was not found in the PATH of the image',
      });
      expect(absolute).toMatchObject({
        exitCode: 127,
        startFailure: expect.stringContaining('/no/such does not exist') as string,
      });
      expect(directory).toMatchObject({
        exitCode: 126,
        startFailure: '/etc cannot be executed: Permission denied',
      });
      expect(cwd).toMatchObject({
        startFailure: 'the working directory /etc/passwd cannot be entered: Not a directory',
      });
      expect(cwd!.stderr).toBe(`${cwd!.startFailure}\n`);
    });

    it('leaves alone what a program itself says in the words of the launcher', () => {
      const [run] = runScripts({
        script: 'echo "unshare: failed to execute x: Permission denied" >&2; exit 3',
      });
      expect(run).toMatchObject({ exitCode: 3, stderr: 'unshare: failed to execute x: Permission denied\n' });
      expect(run!.startFailure).toBeUndefined();
    });

    it('reports a mount that fails in the words of mount', () => {
      const [run] = runScripts({ script: 'true', binds: [{ source: '/no/such/source', target: '/srv' }] });
      expect(run).toMatchObject({
        errorCode: 'ISOLATION',
        errorMessage: expect.stringContaining('/no/such/source') as string,
      });
    });

    it.each([true, false])('kills everything on abort (own process numbers: %s)', (ownProc) => {
      const marker = `${4000 + Math.trunc(process.pid % 1000)}.${ownProc ? 1 : 2}`;
      const [aborted, after] = runScripts(
        {
          script: `(setsid sleep ${marker} &) ; sleep ${marker} & echo going; sleep ${marker}`,
          ownProc,
          abortWhenSeen: 'going',
        },
        { script: `ps | grep -c "[s]leep ${marker}"`, ownProc: false },
      );
      expect(aborted).toMatchObject({ errorCode: 'CANCELLED' });
      expect(after!.stdout).toBe('0\n');
    });

    it('works on an overlay', () => {
      const report = inSandbox({
        backend: 'mountns',
        overlay: true,
        runs: [{ script: 'echo x >/srv/f; rm /etc/passwd; cat /srv/f' }],
      });
      expect(report.runs).toMatchObject([{ exitCode: 0, stdout: 'x\n' }]);
      expect(report.removed).toBe(true);
    });
  },
);
