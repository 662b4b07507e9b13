import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inSandbox, noRootSandbox } from '../support/sandbox-report.ts';

const reason = noRootSandbox();

describe.skipIf(reason !== undefined)(
  `RUN changes devices${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    it("has device nodes of its own, down to its standard input, where root is the machine's", () => {
      const { runs } = inSandbox({
        backend: 'mountns',
        runs: [
          { script: 'for f in /dev/null /dev/zero /dev/tty /proc/self/fd/0; do stat -L -c %d:%i $f; done' },
          {
            script:
              'rm -f /dev/null; mknod /dev/null2 c 1 5; echo x >/dev/extra; ls /dev/extra; mv /dev/fd /dev/fd2; echo gone',
          },
          { script: 'echo x >/dev/null && [ -c /dev/null ] && [ ! -e /dev/extra ] && echo fresh' },
        ],
      });
      const host = ['/dev/null', '/dev/zero', '/dev/tty']
        .map((path) => statSync(path))
        .map((s) => `${s.dev}:${s.ino}`);
      const seen = runs[0]!.stdout.trim().split('\n');
      expect(seen).toHaveLength(4);
      for (const one of seen) expect(host).not.toContain(one);
      expect(seen[3]).toBe(seen[0]);
      expect(runs[1]!.stdout).toContain('gone');
      expect(runs[2]!.stdout).toBe('fresh\n');
    });

    it.each(['userns-identity', 'userns-single'] as const)(
      'cannot change the nodes of the machine where no own ones can be made (%s)',
      (backend) => {
        // The same mode that they have: a failure of the test leaves the machine as it was.
        const { runs } = inSandbox({
          backend,
          runs: [
            {
              script:
                'for f in /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /proc/self/fd/0; do chmod 0666 $f 2>/dev/null && echo $f; done; :',
            },
            { script: 'echo x >/dev/null && head -c 4 /dev/zero | wc -c' },
          ],
        });
        expect(runs[0]!.stdout).toBe('');
        expect(runs[1]!.stdout).toBe('4\n');
      },
    );
  },
);
