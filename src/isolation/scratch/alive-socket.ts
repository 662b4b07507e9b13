import { closeSync, constants, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/**
 * A lock that the kernel lets go of when its holder dies, however it dies: a socket in a directory that somebody listens
 * on. Processes of other containers see it as well, which process numbers would not tell.
 */
const NAME = '.alive';

/** Holds the lock of a directory until the function it returns is called. Undefined where no socket can be made there. */
export async function holdAlive(directory: string): Promise<(() => Promise<void>) | undefined> {
  const { path, close } = shortPath(directory);
  const server = createServer((connection) => connection.destroy());
  server.unref();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } catch {
    close();
    return undefined;
  }
  server.on('error', () => undefined);
  // The socket is removed by its path when it is closed, which leads through the descriptor.
  return () => new Promise((resolve) => server.close(() => resolve(close())));
}

/** Whether anybody holds it: `unknown` where that cannot be asked, `absent` where nobody ever did. */
export async function askAlive(directory: string): Promise<'held' | 'free' | 'absent' | 'unknown'> {
  const { path, close } = shortPath(directory);
  const socket = connect(path);
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve('held'));
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(ANSWERS[code ?? ''] ?? 'unknown'));
    });
  } finally {
    socket.destroy();
    close();
  }
}

const ANSWERS: Readonly<Record<string, 'held' | 'free' | 'absent'>> = {
  ECONNREFUSED: 'free',
  ENOENT: 'absent',
  // Too many ask at once.
  EAGAIN: 'held',
};

/** Names of sockets may have 107 bytes only, which a path through a descriptor always keeps to. */
function shortPath(directory: string): { readonly path: string; close(): void } {
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  return { path: `/proc/self/fd/${descriptor}/${NAME}`, close: () => closeSync(descriptor) };
}
