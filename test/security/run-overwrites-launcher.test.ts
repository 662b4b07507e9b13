import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram, runSync } from '../../src/process/index.ts';
import { inSandbox, noRootSandbox } from '../support/sandbox-report.ts';

const compiler = findProgram('gcc', process.env['PATH'] ?? '');
const launcher = findProgram('unshare', process.env['PATH'] ?? '') ?? '';
const reason =
  noRootSandbox() ??
  (compiler === undefined ? 'no C compiler' : undefined) ??
  (process.arch === 'x64' ? undefined : 'written for x86-64');

/**
 * Stands where the image's dynamic loader should be, so the kernel maps it together with whatever host program
 * `#!/proc/self/exe` names. Takes that program's file as descriptor 9 and becomes a shell that opens it for writing.
 */
const LOADER = `
static long call(long n, long a, long b, long c) {
  long r; __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory"); return r;
}
void _start(void) {
  static char *argv[] = {"sh", "-c", "readlink /proc/self/fd/9; (: >>/proc/self/fd/9) 2>/dev/null && echo writable; :", 0};
  static char *envp[] = {"PATH=/bin", 0};
  long fd = call(2, (long)"/proc/self/exe", 0, 0);
  call(33, fd, 9, 0);
  call(59, (long)"/bin/sh", (long)argv, (long)envp);
  call(60, 99, 0, 0);
}`;

describe.skipIf(reason !== undefined)(
  `RUN overwrites its launcher${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    let directory = '';

    beforeAll(() => {
      directory = mkdtempSync(`${tmpdir()}/loader-`);
      writeFileSync(`${directory}/loader.c`, LOADER);
      const words = ['-nostdlib', '-static', '-ffreestanding', '-fno-stack-protector', '-O1'];
      const built = runSync(compiler ?? '', [...words, '-o', `${directory}/loader`, `${directory}/loader.c`]);
      if (built.status !== 0) throw new Error(built.stderr);
      copyFileSync(`${directory}/loader`, `${directory}/ld-linux-x86-64.so.2`);
      writeFileSync(`${directory}/evil`, '#!/proc/self/exe\n', { mode: 0o755 });
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    it.each([
      ['mountns', true],
      ['mountns', false],
      ['userns-identity', false],
      ['userns-single', false],
    ] as const)('through /proc/self/exe (%s, own process numbers %s)', (backend, ownProc) => {
      const before = digest(launcher);
      const { runs } = inSandbox({
        backend,
        runs: [
          {
            script: 'mkdir /lib64 && cp /srv/* /lib64/ && cp /lib64/evil /evil && chmod +x /lib64/* /evil',
            binds: [{ source: directory, target: '/srv', readOnly: true }],
          },
          { args: ['/evil'], ownProc },
        ],
      });
      expect(runs[0]).toMatchObject({ exitCode: 0 });
      // The attack does get hold of the host's program …
      expect(runs[1]!.stdout).toMatch(/unshare\n/);
      // … but not for writing.
      expect(runs[1]!.stdout).not.toContain('writable');
      expect(digest(launcher)).toBe(before);
      expect(existsSync('/lib64/evil')).toBe(false);
    });
  },
);

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
