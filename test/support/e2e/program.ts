import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, type Executed, type Ids } from './execute.ts';
import { TOOL_PATH } from './requirements.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Set to try the sources in place of the built program while working on them. */
const FROM_SOURCE = process.env['TS_KANIKO_TEST_SOURCE'] === '1';

/** The built program where everybody can read it, with the Node it runs by. */
export interface Program {
  /** Where it lies: `dist/` and what belongs to it. */
  readonly directory: string;
  /** Node and the command line's entry, for tests that start it themselves. */
  readonly command: readonly [string, string];
  /** Runs the command line, as `dist/cli/index.js`. */
  cli(words: readonly string[], options?: ProgramOptions): Promise<Executed>;
  /** Runs the action as the GitHub runner does: with the given environment added to a bare one. */
  action(env: Readonly<Record<string, string>>, options?: ProgramOptions): Promise<Executed>;
  remove(): void;
}

export interface ProgramOptions {
  readonly as?: Ids | undefined;
  readonly home?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
}

/** Makes the program ready: built where it is not yet, and copied out of a checkout that may be closed to others. */
export function installProgram(): Program {
  if (!FROM_SOURCE && !existsSync(join(ROOT, 'dist/cli/index.js'))) build();
  const directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-program-'));
  chmodSync(directory, 0o755);
  const node = join(directory, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  if (!FROM_SOURCE) copyBuilt(directory);
  const entry = (name: string): string =>
    FROM_SOURCE ? join(ROOT, 'src', name, 'index.ts') : join(directory, 'dist', name, 'index.js');
  const start = (file: string, words: readonly string[], { as, home, env, cwd }: ProgramOptions = {}) =>
    execute(node, [file, ...words], { as, cwd, env: { ...surroundings(home), ...env } });
  return {
    directory,
    command: [node, entry('cli')],
    cli: (words, options) => start(entry('cli'), words, options),
    action: (env, options) => start(entry('action'), [], { ...options, env: { ...options?.env, ...env } }),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

function copyBuilt(directory: string): void {
  mkdirSync(join(directory, 'dist'));
  for (const path of ['dist', 'package.json'])
    cpSync(join(ROOT, path), join(directory, path), { recursive: true });
}

/** No configuration of this machine or of its user takes part. */
function surroundings(home = '/nonexistent'): Record<string, string> {
  return { PATH: TOOL_PATH, HOME: home, LC_ALL: 'C.UTF-8' };
}

function build(): void {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/build-dist.ts')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`dist/ cannot be built:\n${stderr}`);
}
