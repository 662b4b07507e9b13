import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { statFields } from '../../process/index.ts';

const AGAIN_MS = 50;

/** Which process of a container has a tree in the root: one at a time, told by a file that names it. */
export class RootLock {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Waits for other builds. `abandoned` where the one before was killed: its tree still lies in the root. */
  async take(): Promise<'free' | 'abandoned'> {
    for (;;) {
      if (this.#write('wx')) return 'free';
      const owner = readIfThere(this.#file);
      if (owner !== undefined && !isAlive(owner)) {
        this.#write('w');
        return 'abandoned';
      }
      await delay(AGAIN_MS);
    }
  }

  release(): void {
    rmSync(this.#file);
  }

  #write(flag: 'wx' | 'w'): boolean {
    try {
      writeFileSync(this.#file, identityOf(process.pid) ?? '', { flag });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }
}

function isAlive(identity: string): boolean {
  return identityOf(Number(identity.split(' ')[0])) === identity;
}

/** A process's number and when it started: numbers are given again. */
function identityOf(pid: number): string | undefined {
  const fields = statFields(pid);
  return fields === undefined || fields[0] === 'Z' ? undefined : `${pid} ${fields[19]}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
