import { readdirSync, readFileSync } from 'node:fs';

/** Process numbers below `/proc`, as numbers. */
export function listProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
}

/** The processes descended from `root`, parents before children; `root` itself is not among them. */
export function descendantsOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of listProcesses()) {
    const fields = statFields(pid);
    if (fields === undefined) continue;
    const parent = Number(fields[1]);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  const found: number[] = [];
  const queue = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    queue.push(...below);
  }
  return found;
}

/** Sends SIGKILL to a process and all its descendants. Processes that are gone or not ours are passed over. */
export function killTree(root: number): void {
  const tree = [root, ...descendantsOf(root)];
  for (const pid of tree) sendSignal(pid, 'SIGKILL');
}

/** Sends a signal (0 only asks); true where the process was there and ours to signal. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The fields of `/proc/PID/stat` after the name, state first (proc_pid_stat(5)); undefined for a process that is gone. */
export function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name in parentheses may hold anything, so the fields are counted from its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
