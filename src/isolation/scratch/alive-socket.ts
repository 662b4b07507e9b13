import { closeSync, constants, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

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
  // A path through a descriptor is used once more when the server is closed: the socket is removed by it.
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

/** The most that the address of a socket holds. */
const MAX_BYTES = 107;

/** The socket's path, where it is too long one through a descriptor. */
function shortPath(directory: string): { readonly path: string; close(): void } {
  const direct = join(directory, NAME);
  if (Buffer.byteLength(direct) <= MAX_BYTES) return { path: direct, close: () => undefined };
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  return { path: `/proc/self/fd/${descriptor}/${NAME}`, close: () => closeSync(descriptor) };
}
