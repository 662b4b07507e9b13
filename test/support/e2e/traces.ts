import { readdirSync, readFileSync } from 'node:fs';

/** Ids of processes whose arguments hold a text that nothing else on this machine has. */
export function processesWith(marker: string): number[] {
  return pids().filter((pid) => pid !== process.pid && read(`/proc/${pid}/cmdline`).includes(marker));
}

/** A process by id and start time: ids are given out again. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string;
}

/** A process and all below it, as they are now. */
export function processTree(root: number): ProcessMark[] {
  const children = new Map<number, number[]>();
  for (const pid of pids()) {
    const parent = Number(statFields(pid)[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: ProcessMark[] = [];
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    found.push({ pid, started: startTime(pid) });
    queue.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** Those of the processes that still run; what waits to be reaped by its parent is dead. */
export function alive(marks: readonly ProcessMark[]): ProcessMark[] {
  return marks.filter(({ pid, started }) => {
    const [state] = statFields(pid);
    return state !== undefined && !['Z', 'X'].includes(state) && startTime(pid) === started;
  });
}

/** What processes of this machine have mounted of a directory, in any mount namespace: `pid line`. */
export function mountsOf(directory: string): string[] {
  return pids().flatMap((pid) =>
    read(`/proc/${pid}/mountinfo`)
      .split('\n')
      .filter((line) => line.includes(directory))
      .map((line) => `${pid} ${line}`),
  );
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** /proc/<pid>/stat from the state on. */
function statFields(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function startTime(pid: number): string {
  return statFields(pid)[19] ?? '';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // ended meanwhile
  }
}

/** KiB of a process, pages it shares with others counted in part (Pss); 0 for one that ended. */
export function memoryOf(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}
