import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** What one build cost. */
export interface Measured {
  readonly seconds: number;
  /** Time the programs of RUN took by their own clock. */
  readonly runSeconds: number;
  /** Highest sum of the proportional memory of all its processes. */
  readonly peakMiB: number;
}

const SAMPLE_MS = 50;
/** What a timed RUN prints, see timed() in cases.ts. */
const TIMED = /RUN-TOOK-NS (\d+)/g;

/** Runs a command to its end and measures it. Throws with its output where it fails. */
export async function measure(words: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const [command = '', ...args] = words;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let peak = 0;
  const sampler = setInterval(() => (peak = Math.max(peak, memoryOfTree(child.pid ?? 0))), SAMPLE_MS);
  const output = await outputOfChild(child, words).finally(() => clearInterval(sampler));
  const seconds = (performance.now() - started) / 1000;
  const runNanoseconds = [...output.matchAll(TIMED)].reduce((sum, [, digits]) => sum + Number(digits), 0);
  return { seconds, runSeconds: runNanoseconds / 1e9, peakMiB: peak / 1024 };
}

/** KiB of a process and all below it, shared pages counted once (Pss). */
function memoryOfTree(root: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  let total = 0;
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    total += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
    queue.push(...(children.get(pid) ?? []));
  }
  return total;
}

function parentOf(pid: string): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // ended meanwhile
  }
}

/** Runs a command to its end and returns what it says on both outputs. Throws with that where it fails. */
export async function outputOf(words: readonly string[]): Promise<string> {
  const [command = '', ...args] = words;
  return outputOfChild(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }), words);
}

async function outputOfChild(
  child: ChildProcessByStdio<null, Readable, Readable>,
  words: readonly string[],
): Promise<string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (output += text));
  }
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}:\n${output.slice(-4000)}`);
  return output;
}
