import { describe, expect, it } from 'vitest';
import { listProcesses } from '../../src/process/index.ts';
import { readFileSync } from 'node:fs';
import { inSandbox, noRootSandbox, ROOT_BACKENDS } from '../support/sandbox-report.ts';

const reason = noRootSandbox();

/** Command lines of this machine that hold a text. */
function running(text: string): string[] {
  return listProcesses()
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(text));
}

describe.skipIf(reason !== undefined)(
  `RUN leaves a daemon behind${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    const ways = ROOT_BACKENDS.flatMap((backend) => [[backend, true] as const, [backend, false] as const]);

    it.each(ways)('%s, own process numbers %s: it is dead before the next step', (backend, ownProc) => {
      const seconds = `7${process.pid}.${backend.length}${ownProc ? 1 : 0}`;
      const daemon = `setsid sh -c 'trap "" TERM HUP; (sleep ${seconds} & ); sleep ${seconds}' >/dev/null 2>&1 & echo started`;
      const { runs } = inSandbox({
        backend,
        runs: [
          { script: daemon, ownProc },
          { script: `ps -o args | grep -c "[s]leep ${seconds}"`, ownProc: false },
        ],
      });
      expect(runs[0]).toMatchObject({ exitCode: 0, stdout: 'started\n' });
      expect(runs[1]!.stdout).toBe('0\n');
      expect(running(`sleep ${seconds}`)).toEqual([]);
    });
  },
);
