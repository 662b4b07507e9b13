import { writeFileSync } from 'node:fs';
import { callFilter, type CallFilter } from '../filter/call-filter.ts';
import { filteringLauncher, isFilteredMachine } from '../filter/filtering-launcher.ts';
import { shellCommand, shellWord } from '../sandbox/shell-words.ts';
import { PRETENDED, RECORDED, recorderOptions } from './recorded-calls.ts';

/** How programs are dealt with where the kernel has one user to give. */
export interface OneUser {
  /** Absolute path of strace(1), which records what they do to owners; without it that is pretended and lost. */
  readonly strace?: string | undefined;
}

/** Whether changes of owner can be pretended on this machine without strace(1). */
export function canPretend(machine: string = process.arch): boolean {
  return isFilteredMachine(machine);
}

/**
 * The words that let changes of owner and of the user succeed, to be put before a command (absolute path first). Their files
 * are written to `directory`, and what is recorded to `log` once the command runs.
 */
export function oneUserCommand(
  { strace }: OneUser,
  { directory, log }: { readonly directory: string; readonly log: string },
  tools: { readonly sh: string; readonly mkfifo: string },
): string[] {
  const launcher = `${directory}/launcher`;
  const isWritten = writeLauncher(
    launcher,
    strace === undefined ? { calls: PRETENDED, fate: 'pretended' } : RECORDED,
  );
  if (strace === undefined) return [launcher];
  // As a grandchild (-D) the recorder is nobody's to wait for, as in the script.
  const alone = [strace, '-D', ...recorderOptions(log), '--'];
  if (!isWritten) return alone;
  const attached = [strace, ...recorderOptions(log)];
  const script = attachScript({ attached, alone, launcher, directory, mkfifo: tools.mkfifo });
  return [tools.sh, '-c', script, 'sh'];
}

/** False for machines whose system calls are not known. */
function writeLauncher(path: string, filter: CallFilter): boolean {
  const machine = process.arch;
  if (!isFilteredMachine(machine)) return false;
  writeFileSync(path, filteringLauncher(callFilter(filter, machine), machine), { mode: 0o755 });
  return true;
}

/**
 * Has strace attach to this shell before it becomes the command under our own filter: strace's own stops at every open(2),
 * of which few make a file. The command strace starts itself is the launcher without arguments, which says that the others
 * are attached. Where that is refused, strace starts the command in its own way.
 */
function attachScript(parts: {
  readonly attached: readonly string[];
  readonly alone: readonly string[];
  readonly launcher: string;
  readonly directory: string;
  readonly mkfifo: string;
}): string {
  const fifo = shellWord(`${parts.directory}/attached`);
  const launcher = shellWord(parts.launcher);
  return [
    `${shellCommand([parts.mkfifo])} ${fifo}`,
    `( ${shellCommand(parts.attached)} -p $$ -- ${launcher} >${fifo} 2>/dev/null </dev/null & )`,
    `read -r said <${fifo}`,
    'tracer=0',
    'while read -r key value; do [ "$key" != TracerPid: ] || tracer=$value; done </proc/self/status',
    `[ "$tracer" = 0 ] || exec ${launcher} "$@"`,
    `exec ${shellCommand(parts.alone)} "$@"`,
  ].join('\n');
}
