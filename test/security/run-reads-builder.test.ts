import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inSandbox, noRootSandbox, ROOT_BACKENDS } from '../support/sandbox-report.ts';

const reason = noRootSandbox();

/** Greps through everything /proc offers about any process. */
const scan = (secret: string): string => `
for p in /proc/[0-9]*; do
  for f in environ cmdline maps auxv stack; do cat $p/$f 2>/dev/null; done
  ls -l $p/fd $p/root/ $p/cwd/ 2>/dev/null
  grep -a -c '${secret}' $p/mem 2>/dev/null
  for fd in $p/fd/*; do case $p in /proc/$$|/proc/self) ;; *) head -c 100000 $fd 2>/dev/null </dev/null;; esac; done
done >/tmp/found 2>/dev/null
grep -a -c '${secret}' /tmp/found
`;

describe.skipIf(reason !== undefined)(
  `RUN spies on the builder${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    const secret = `secret-${randomUUID()}`;
    // In halves, so that the scanning shell's own command line does not hold what it looks for.
    const needle = `${secret.slice(0, 10)}[${secret[10]}]${secret.slice(11)}`;
    const scripts = [
      { script: scan(needle) },
      { script: scan(needle), ownProc: false },
      {
        // The first process of the sandbox is the builder's shell, whose root is still the machine's.
        script: `for p in root cwd exe fd/0 fd/1 fd/3; do readlink /proc/1/$p; ls /proc/1/$p/; cat /proc/1/$p; done
        cat /proc/1/environ; head -c 1 /proc/1/mem; ls /proc/1/ns/ -l | grep -- '->'; nsenter -t 1 -m true && echo entered; :`,
      },
      // The twin: what is RUN's own is there, so the scan does look.
      { script: `export MINE=${secret}; sh -c '${scan(needle).replaceAll("'", `'\\''`)}'` },
    ];

    it.each(ROOT_BACKENDS)('finds nothing of it through /proc (%s)', (backend) => {
      const { runs } = inSandbox({ backend, runs: scripts }, { secret });
      expect(runs[0]).toMatchObject({ stdout: '0\n' });
      expect(runs[1]).toMatchObject({ stdout: '0\n' });
      expect(runs[2]).toMatchObject({ stdout: '', exitCode: 0 });
      expect(Number(runs[3]!.stdout)).toBeGreaterThan(0);
    });
  },
);
