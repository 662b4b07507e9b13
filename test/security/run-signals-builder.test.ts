import { describe, expect, it } from 'vitest';
import { noRootSandbox, runScripts } from '../support/sandbox-report.ts';

const reason = noRootSandbox();

describe.skipIf(reason !== undefined)(
  `RUN signals processes outside${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    it('kills nobody but itself, whatever number it tries', () => {
      const [own, all, init, next] = runScripts(
        { script: `kill -0 ${process.pid} ${process.ppid} 2>&1 | grep -c "No such process"` },
        { script: 'kill -9 -1; echo still here' },
        { script: 'kill -9 1; kill -15 1; echo init lives' },
        { script: 'echo builder lives' },
      );
      // The sandbox has a handful of processes; the test's own number is beyond them.
      expect(own!.stdout).toBe('2\n');
      expect(all!.stdout === 'still here\n' || all!.exitCode === 137).toBe(true);
      expect(init!.stdout).toBe('init lives\n');
      expect(next!.stdout).toBe('builder lives\n');
    });
  },
);
