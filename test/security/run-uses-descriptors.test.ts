import { describe, expect, it } from 'vitest';
import { inSandbox, noRootSandbox, ROOT_BACKENDS } from '../support/sandbox-report.ts';

const reason = noRootSandbox();

describe.skipIf(reason !== undefined).each(ROOT_BACKENDS)(
  `RUN uses inherited descriptors${reason === undefined ? '' : ` (${reason})`} (%s)`,
  (backend) => {
    // The builder itself is started with files of the machine open on 7 and 8, as careless CI systems do.
    const prefix = ['bash', '-c', 'exec 7</etc 8>>/dev/null "$@"', 'bash'];
    const { runs } =
      reason === undefined
        ? inSandbox(
            {
              backend,
              runs: [
                {
                  script:
                    'i=3; while [ $i -lt 256 ]; do (: <&$i) 2>/dev/null && echo $i; i=$((i+1)); done; echo probed $i',
                },
                { args: ['ls', '/proc/self/fd'] },
                ...[3, 4, 5, 6, 7, 8, 9, 10].map((fd) => ({ args: ['ls'], workdir: `/proc/self/fd/${fd}` })),
                ...[3, 4, 7].map((fd) => ({ args: ['ls'], workdir: `/proc/self/fd/${fd}/../../..` })),
                { args: ['ls'], workdir: '/proc/self/cwd' },
                { args: ['ls'], workdir: '/proc/1/root' },
              ],
            },
            { prefix },
          )
        : { runs: [] };

    it('finds none of 253 numbers open', () => {
      expect(runs[0]!.stdout).toBe('probed 256\n');
      // 3 is the listing's own.
      expect(runs[1]!.stdout).toBe('0\n1\n2\n3\n');
    });

    it('cannot have a descriptor of the launcher as its working directory', () => {
      for (const run of runs.slice(2, 13))
        expect(run.startFailure).toMatch(/^the working directory .* cannot be entered/);
    });

    it('stays in its own root through links of /proc', () => {
      for (const run of runs.slice(13)) {
        if (run.startFailure === undefined) expect(run.stdout).toContain('srv\n');
        expect(run.stdout).not.toContain('usr\n');
      }
    });

    it('would find a descriptor that is open', () => {
      const probe =
        'exec 9</; i=3; while [ $i -lt 256 ]; do (: <&$i) 2>/dev/null && echo $i; i=$((i+1)); done';
      const report = inSandbox({ backend, runs: [{ script: probe }] });
      expect(report.runs[0]!.stdout).toBe('9\n');
    });
  },
);
