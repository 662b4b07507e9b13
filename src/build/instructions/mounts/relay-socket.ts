import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { BuildError } from '../../../errors/index.ts';

export interface Relay {
  /** Absolute on this machine. */
  readonly path: string;
  close(): void;
}

/**
 * A socket in `directory` whose every connection leads to the socket `agent`. An agent talks to its own user and to root
 * only, so that another user of a RUN would get no answer from the agent's own socket. `prepare` sets owner and mode. Throws
 * FILESYSTEM.
 */
export async function relaySocket(
  agent: string,
  directory: string,
  prepare: (path: string) => void,
): Promise<Relay> {
  const open = new Set<Socket>();
  const server = createServer((client) => join(client, connect(agent), open));
  const path = `${directory}/socket`;
  // Names of sockets hold little more than a hundred bytes; this one is short wherever the directory lies.
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await listen(server, `/proc/self/fd/${descriptor}/socket`);
    prepare(path);
  } catch (error) {
    server.close();
    throw new BuildError(
      'FILESYSTEM',
      `no socket can be made for the ssh mount: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  } finally {
    closeSync(descriptor);
  }
  return {
    path,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
      rmSync(path, { force: true });
    },
  };
}

function join(client: Socket, agent: Socket, open: Set<Socket>): void {
  for (const [from, to] of [
    [client, agent],
    [agent, client],
  ] as const) {
    open.add(from);
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      open.delete(from);
      to.destroy();
    });
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}
