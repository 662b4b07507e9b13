/** How a program is started. */
export interface RunOptions {
  /** Fed to standard input, which is empty where this is absent. */
  readonly input?: string | Uint8Array | undefined;
  /** The whole environment; that of this process where absent. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The program is killed after this many milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly cwd?: string | undefined;
}

/** How a program ended. */
export interface RunResult {
  /** Exit status; null where it was killed or could not be started. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both outputs as UTF-8 text. */
  readonly stdout: string;
  readonly stderr: string;
  /** `ENOENT`, `EACCES` …, where it could not be started; `ETIMEDOUT` after a time-out. */
  readonly errorCode?: string | undefined;
}
