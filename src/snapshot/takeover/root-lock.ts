import { lstatSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const AGAIN_MS = 50;

/**
 * Which process of a container has a tree in the root: one at a time. The lock is a name in the kernel that one process can
 * have, and that is free again when the process dies, however it dies.
 */
export class RootLock {
  readonly #name: string;
  #holder: Server | undefined;

  /** `file` stands for the root: the builder's directory, which it lies in, is no other container's. */
  constructor(file: string) {
    const { dev, ino } = lstatSync(dirname(file), { bigint: true });
    this.#name = `\0ts-kaniko-root-${dev}-${ino}`;
  }

  /** Waits for other builds, at most so long. False where one of them has it still. */
  async take(limitMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    for (let waited = 0; ; waited += AGAIN_MS) {
      this.#holder = await holderOf(this.#name);
      if (this.#holder !== undefined) return true;
      if (waited >= limitMs) return false;
      await delay(AGAIN_MS);
    }
  }

  release(): void {
    this.#holder?.close();
    this.#holder = undefined;
  }
}

/** Undefined where another process, or another lock of this one, has the name. */
function holderOf(name: string): Promise<Server | undefined> {
  const server = createServer((connection) => connection.destroy());
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('listening', () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ path: name });
  });
}
