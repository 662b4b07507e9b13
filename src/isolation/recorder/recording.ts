import { closeSync, openSync, readSync } from 'node:fs';
import { toText } from '../../bytes/index.ts';
import type { OwnershipEvent } from '../../rootfs/index.ts';
import { eventOfCall } from './event-of-call.ts';
import { parseTraceLine, type TracedCall } from './trace-line.ts';
import { pathAt, pathFrom } from './traced-paths.ts';
import { afterCall, FIRST_PROCESS, type TracedProcess } from './traced-process.ts';

/** What a RUN did to owners, and what of it could not be recorded, in words. */
export interface Recording {
  readonly events: readonly OwnershipEvent[];
  readonly unrecorded: readonly string[];
}

const FORKS = ['clone', 'clone3', 'fork', 'vfork'];
const DEVICE_CALLS = ['mknod', 'mknodat'];
const BLOCK_BYTES = 1 << 18;
/** Longer lines than two paths need are none that strace wrote. */
const MAX_LINE = 1 << 16;

/** Who the first process is. */
type FirstUser = Pick<TracedProcess, 'uid' | 'gid'>;

/** Reads the log of a recorder, line by line. RUN may have written to it: what makes no sense is left out. */
export function readRecording(file: string, user?: FirstUser): Recording {
  const reader = new RecordingReader(user);
  const fd = openSync(file, 'r');
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let rest = '';
    for (let n = readSync(fd, block); n > 0; n = readSync(fd, block)) {
      const lines = (rest + block.toString('latin1', 0, n)).split('\n');
      rest = (lines.pop() ?? '').slice(0, MAX_LINE);
      for (const line of lines) reader.line(line);
    }
  } finally {
    closeSync(fd);
  }
  return reader.end();
}

/** Turns lines into events. The lines of a new process may come before the one that tells whose child it is. */
export class RecordingReader {
  readonly #events: OwnershipEvent[] = [];
  readonly #unrecorded: string[] = [];
  readonly #processes = new Map<number, TracedProcess>();
  readonly #waiting = new Map<number, TracedCall[]>();
  readonly #first: TracedProcess;

  constructor({ uid, gid }: FirstUser = FIRST_PROCESS) {
    this.#first = { ...FIRST_PROCESS, uid, gid };
  }

  line(text: string): void {
    const call = parseTraceLine(text);
    if (call === undefined) return;
    if (this.#processes.size === 0) this.#processes.set(call.pid, this.#first);
    const process = this.#processes.get(call.pid);
    if (process !== undefined) return this.#take(call, process);
    const waiting = this.#waiting.get(call.pid);
    if (waiting === undefined) this.#waiting.set(call.pid, [call]);
    else waiting.push(call);
  }

  end(): Recording {
    for (const pid of [...this.#waiting.keys()]) this.#admit(pid, this.#first);
    return { events: this.#events, unrecorded: this.#unrecorded };
  }

  #take(call: TracedCall, process: TracedProcess): void {
    if (call.error !== undefined) return this.#takeFailed(call, process);
    if (FORKS.includes(call.name)) return this.#admit(call.result, process);
    const after = afterCall(process, call);
    if (after !== process) this.#processes.set(call.pid, after);
    else this.#note(eventOfCall(call, process));
  }

  #takeFailed(call: TracedCall, process: TracedProcess): void {
    if (call.error === 'EXDEV') return this.#note(eventOfCall(call, process));
    if (call.error !== 'EPERM' || !DEVICE_CALLS.includes(call.name)) return;
    const [first, second] = call.words;
    const path = call.name === 'mknod' ? pathFrom(process, first) : pathAt(process, first, second);
    this.#unrecorded.push(
      `the device ${path === undefined ? 'of an unknown name' : toText(path)} could not be made`,
    );
  }

  /** A process that begins as its parent is now. */
  #admit(pid: number, parent: TracedProcess): void {
    this.#processes.set(pid, parent);
    const waiting = this.#waiting.get(pid) ?? [];
    this.#waiting.delete(pid);
    for (const call of waiting) this.#take(call, this.#processes.get(pid) ?? parent);
  }

  #note(event: OwnershipEvent | undefined): void {
    if (event !== undefined) this.#events.push(event);
  }
}
