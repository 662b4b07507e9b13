import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSync } from '../../process/index.ts';
import type { SandboxTools } from '../sandbox-tools.ts';
import { exitProgram } from './exit-program.ts';

const PROBE_MS = 10_000;
/** What execve(2) says of a program of another machine that nothing on this one takes care of. */
const REFUSAL = /exec format error/i;

/**
 * Whether this machine, whose architecture is `own`, executes programs of another one (image-spec's names) inside a root
 * directory of their own: by its processor or through a handler of binfmt_misc. Found out by doing it, in a directory made
 * below `scratch`. False only where the kernel refuses for sure; what cannot be tried counts as true, and RUN itself will tell.
 */
export function executesArchitecture(
  architecture: string,
  own: string,
  scratch: string,
  tools: SandboxTools,
): boolean {
  const program = exitProgram(architecture);
  // The C library gives what the kernel does not know to the shell: this one fails, so that it shows.
  const shell = exitProgram(own, 1);
  if (program === undefined || shell === undefined) return true;
  const root = mkdtempSync(join(scratch, 'probe-'));
  try {
    mkdirSync(join(root, 'bin'));
    for (const [name, bytes] of [
      ['exit', program],
      ['bin/sh', shell],
    ] as const)
      writeFileSync(join(root, name), bytes, { mode: 0o755 });
    const { status, stderr } = runSync(tools.unshare, [`--root=${root}`, '/exit'], {
      env: { LC_ALL: 'C' },
      timeoutMs: PROBE_MS,
    });
    return status !== 1 && !REFUSAL.test(stderr);
  } finally {
    rmSync(root, { recursive: true });
  }
}
