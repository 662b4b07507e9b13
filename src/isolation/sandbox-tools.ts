import { BuildError } from '../errors/index.ts';
import { findProgram, runSync } from '../process/index.ts';

const REQUIRED = [
  ...(['sh', 'mount', 'umount', 'unshare', 'setpriv', 'env', 'cp', 'mkfifo'] as const),
  ...(['mkdir', 'chmod', 'chown'] as const),
] as const;

/** Absolute paths of the programs of this machine that build a sandbox. Nothing of an image is ever among them. */
export type SandboxTools = Readonly<Record<(typeof REQUIRED)[number], string>> & {
  /** Brings up the loopback device of RUN --network=none, where present. */
  readonly ip: string | undefined;
  /** Enters the user namespace that gives the only user another number, where present. */
  readonly nsenter: string | undefined;
  /** Sets resource limits, where present. */
  readonly prlimit: string | undefined;
};

/** What the same-named applets of other tool sets lack, by the option that shows it. */
const NEEDED_OPTIONS = { unshare: '--setuid', setpriv: '--bounding-set', mount: '--make-rprivate' } as const;

/**
 * Finds the programs a sandbox needs, in the directories of `pathText` and the system's own. Throws ISOLATION naming
 * every one that is missing or too old.
 */
export function sandboxTools(pathText: string): SandboxTools {
  const found = new Map(REQUIRED.map((name) => [name, findProgram(name, pathText)]));
  const missing = REQUIRED.filter((name) => found.get(name) === undefined);
  if (missing.length > 0) throw unusable(`not found: ${missing.join(', ')}`);
  const tools = Object.fromEntries(found) as Record<(typeof REQUIRED)[number], string>;
  const lacking = Object.entries(NEEDED_OPTIONS).filter(
    ([name, option]) => !helpOf(tools[name as keyof typeof NEEDED_OPTIONS]).includes(option),
  );
  if (lacking.length > 0) {
    throw unusable(lacking.map(([name, option]) => `${name} knows no ${option}`).join('; '));
  }
  const optional = (name: string): string | undefined => findProgram(name, pathText);
  return { ...tools, ip: optional('ip'), nsenter: optional('nsenter'), prlimit: optional('prlimit') };
}

function helpOf(program: string): string {
  return runSync(program, ['--help'], { timeoutMs: 3000 }).stdout;
}

function unusable(what: string): BuildError {
  return new BuildError('ISOLATION', `programs that RUN needs on this machine: ${what}`, {
    hint: 'install util-linux 2.35 or newer and coreutils (Alpine: apk add util-linux coreutils)',
  });
}
