import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BuildError } from '../../errors/index.ts';
import { descendantsOf, run, spawnProcess, type ChildHandle } from '../../process/index.ts';
import { shellWord } from '../sandbox/shell-words.ts';
import { dyingWithParent, withOwnMounts, type InsideOptions } from './inside-options.ts';

/**
 * Takes the environment from the first lines of standard input, up to a line that is `$0`; read(1) takes no byte
 * more. sudo drops most variables, and arguments can be read by everybody on the machine.
 */
const ENTRY = `s=
while IFS= read -r l && [ "$l" != "$0" ]; do s="$s$l
"; done
eval "$s"
exec "$@"`;

/** Starts a program through sudo(8), which must not ask for a password. */
export async function startWithSudo(
  command: readonly string[],
  { env, cwd, stdio }: InsideOptions,
  program: (name: string) => string,
): Promise<ChildHandle> {
  if (stdio[0] !== 'pipe') throw new BuildError('INTERNAL', 'sudo needs a pipe as standard input');
  const sudo = program('sudo');
  const marker = randomUUID();
  const child = await spawnProcess(
    sudo,
    [
      ...['-n', '--', ...dyingWithParent(program('setpriv')), program('sh'), '-c', ENTRY, marker],
      ...[...withOwnMounts(program('unshare')), ...command],
    ],
    // Without a terminal of its own sudo runs the program directly, not behind a pseudo-terminal.
    { env, cwd, stdio, newSession: true },
  );
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(`${exportLines(env)}${marker}\n`);
  return {
    ...child,
    kill: (signal = 'SIGKILL') => killThroughSudo(child, { sudo, sh: program('sh') }, signal),
  };
}

function exportLines(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `export ${name}=${shellWord(value)}\n`)
    .join('');
}

/** We may not signal what root runs; sudo may. It would not pass SIGKILL on, so its child is the one to be signalled. */
function killThroughSudo(
  child: ChildHandle,
  programs: { readonly sudo: string; readonly sh: string },
  signal: NodeJS.Signals,
): boolean {
  const target = descendantsOf(child.pid).find((pid) => nameOf(pid) !== 'sudo');
  if (target === undefined) return child.kill(signal);
  void run(programs.sudo, ['-n', '--', programs.sh, '-c', `kill -s ${signal.replace(/^SIG/, '')} ${target}`]);
  return true;
}

function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  } catch {
    return undefined;
  }
}
