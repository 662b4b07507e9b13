import { spawn } from 'node:child_process';
import { TOOL_PATH } from './requirements.ts';

/** Whom a program runs as; root's own ids where absent. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

export interface ExecuteOptions {
  readonly as?: Ids | undefined;
  /** The whole environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
}

export interface Executed {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const BARE_ENV = { PATH: TOOL_PATH, HOME: '/root', LC_ALL: 'C.UTF-8' };

/** Runs a program to its end and returns how it ended and what it said. Throws only where it cannot be started. */
export function execute(
  command: string,
  args: readonly string[],
  { as, env = BARE_ENV, cwd = '/' }: ExecuteOptions = {},
): Promise<Executed> {
  const child = spawn(command, args, { ...as, env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) =>
      resolve({ status, signal, stdout: text(stdout), stderr: text(stderr) }),
    );
  });
}

/** The same, for programs that have to succeed; returns their standard output. Throws with all they said. */
export async function succeed(
  command: string,
  args: readonly string[],
  options?: ExecuteOptions,
): Promise<string> {
  const { status, signal, stdout, stderr } = await execute(command, args, options);
  if (status === 0) return stdout;
  throw new Error(`${[command, ...args].join(' ')}: ${status ?? signal}\n${stdout}\n${stderr}`);
}
