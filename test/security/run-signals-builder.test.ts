import { describe, expect, it } from 'vitest';
import { inSandbox, noRootSandbox, ROOT_BACKENDS } from '../support/sandbox-report.ts';

const reason = noRootSandbox();

describe.skipIf(reason !== undefined)(
  `RUN signals processes outside${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    it.each(ROOT_BACKENDS)('kills nobody but itself, whatever number it tries (%s)', (backend) => {
      const runs = [
        { script: `kill -0 ${process.pid} ${process.ppid} 2>&1 | grep -c "No such process"` },
        { script: 'kill -9 -1; echo still here' },
        { script: 'kill -9 1; kill -15 1; echo init lives' },
        { script: 'echo builder lives' },
      ];
      const [own, all, init, next] = inSandbox({ backend, runs }).runs;
      // The sandbox has a handful of processes; the test's own number is beyond them.
      expect(own!.stdout).toBe('2\n');
      expect(all!.stdout === 'still here\n' || all!.exitCode === 137).toBe(true);
      expect(init!.stdout).toBe('init lives\n');
      expect(next!.stdout).toBe('builder lives\n');
    });
  },
);
