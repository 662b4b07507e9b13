export interface InsideOptions {
  /** The whole environment of the command; under sudo, sudo's own SUDO_* variables are added. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Descriptors 0, 1 and 2; under sudo, 0 must be a pipe. */
  readonly stdio: readonly ['pipe' | 'ignore', 'pipe' | 'ignore' | 'inherit', 'pipe' | 'ignore' | 'inherit'];
}

/** The words that make a program die with its parent; to be put before it. */
export function dyingWithParent(setpriv: string): string[] {
  return [setpriv, '--pdeathsig', 'KILL', '--'];
}

/** The words that give a program mounts of its own; to be put before it. */
export function withOwnMounts(unshare: string): string[] {
  return [unshare, '--mount', '--propagation', 'private', '--'];
}
