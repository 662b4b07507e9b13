import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Backend, SandboxBind } from '../../src/isolation/index.ts';
import { runSync } from '../../src/process/index.ts';
import { noBusybox } from './busybox-root.ts';

/** One RUN of a test; `script` is for sh, `args` anything. */
export interface EntryRun {
  readonly script?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
  readonly ownProc?: boolean;
  readonly network?: 'host' | 'none';
  readonly binds?: readonly SandboxBind[];
  /** Aborts once stdout holds this. */
  readonly abortWhenSeen?: string;
}

export interface EntrySettings {
  readonly backend: Exclude<Backend['name'], 'none'>;
  readonly scratchParent: string;
  readonly overlay?: boolean;
  readonly runs: readonly EntryRun[];
}

export interface RunReport {
  readonly exitCode: number;
  readonly startFailure?: string | undefined;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EntryReport {
  readonly backend: Backend;
  readonly runs: readonly RunReport[];
  readonly exitStatus: number | null;
  readonly removed: boolean;
}

/** The ways in which root can build anywhere; the last two in a user namespace, the last with one user in it. */
export const ROOT_BACKENDS = ['mountns', 'userns-identity', 'userns-single'] as const;

const ENTRY = `${import.meta.dirname}/sandbox-entry.ts`;

/** Why sandboxes cannot be tried as root here; undefined where they can. */
export function noRootSandbox(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  const trial = runSync('unshare', ['--mount', 'true'], { timeoutMs: 3000 });
  return trial.status === 0 ? noBusybox() : `no mount namespace: ${trial.stderr.trim()}`;
}

/** Runs commands in a sandbox, in a process of its own started through `prefix` (setpriv …), and reports on all. */
export function inSandbox(
  settings: Omit<EntrySettings, 'scratchParent'>,
  options: { readonly prefix?: readonly string[]; readonly secret?: string } = {},
): EntryReport {
  const scratchParent = mkdtempSync(`${tmpdir()}/sandbox-test-`);
  chmodSync(scratchParent, 0o1777);
  try {
    const [first = '', ...rest] = [...(options.prefix ?? []), process.execPath, ENTRY];
    const result = runSync(first, rest, {
      timeoutMs: 60_000,
      input: JSON.stringify({ ...settings, scratchParent } satisfies EntrySettings),
      env: { PATH: process.env['PATH'] ?? '', BUILDER_SECRET: options.secret ?? '' },
    });
    if (result.status !== 0) throw new Error(`status ${result.status}: ${result.stderr}`);
    return JSON.parse(result.stdout) as EntryReport;
  } finally {
    rmSync(scratchParent, { recursive: true, force: true });
  }
}

/** The reports of single scripts in the root's own mount namespace. */
export function runScripts(...runs: readonly EntryRun[]): readonly RunReport[] {
  return inSandbox({ backend: 'mountns', runs }).runs;
}
