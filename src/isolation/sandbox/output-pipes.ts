import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { BuildError } from '../../errors/index.ts';
import { runSync } from '../../process/index.ts';

/** One end to give to a child, the other to read from. */
export interface OutputPipe {
  readonly descriptor: number;
  /** Closes our copy of the child's end; after that, the end of output can be seen. */
  release(): void;
  /** Hands every chunk on until all writers are gone. */
  read(onChunk: (chunk: Uint8Array) => void): void;
  /** Waits until all writers are gone, at most so long, and closes. */
  drain(limitMs: number): Promise<void>;
}

/**
 * Two pipes for the outputs of a RUN. Node gives children socket pairs, and those cannot be opened again by
 * `echo > /dev/stdout`; a FIFO can, by any user.
 */
export function makeOutputPipes(
  mkfifo: string,
  directory: string,
): { stdout: OutputPipe; stderr: OutputPipe } {
  const paths = { stdout: `${directory}/stdout`, stderr: `${directory}/stderr` };
  const made = runSync(mkfifo, ['-m', '0666', paths.stdout, paths.stderr]);
  if (made.status !== 0) {
    throw new BuildError('FILESYSTEM', `cannot make pipes below ${directory}: ${made.stderr.trim()}`);
  }
  return { stdout: openPipe(paths.stdout), stderr: openPipe(paths.stderr) };
}

function openPipe(path: string): OutputPipe {
  // Reading end first and non-blocking, otherwise each open would wait for the other.
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const descriptor = openSync(path, constants.O_WRONLY);
  unlinkSync(path);
  const socket = new Socket({ fd: reading, readable: true, writable: false });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  return {
    descriptor,
    release: () => closeSync(descriptor),
    read: (onChunk) => void socket.on('data', onChunk),
    drain: async (limitMs) => {
      await Promise.race([closed, delay(limitMs, undefined, { ref: false })]);
      socket.destroy();
    },
  };
}
