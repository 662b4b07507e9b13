import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import type { GivenAgent } from '../../request/index.ts';
import type { AgentKey } from './agent-key.ts';
import { answerAgent } from './answer-agent.ts';
import { readKey } from './read-key.ts';

/** OpenSSH takes no longer message from an agent either. */
const MAX_MESSAGE = 256 * 1024;

/** Agents for ssh mounts, every one of them behind a socket. */
export interface RunningAgents {
  /** Paths of the sockets, by id. */
  readonly sockets: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts an agent of our own for each that is given as key files; its socket lies in `directory` and is for our user alone.
 * Keys never leave this process. Throws USAGE for a key that cannot be used, FILESYSTEM where no socket can be made.
 */
export async function startAgents(given: readonly GivenAgent[], directory: string): Promise<RunningAgents> {
  const sockets: Record<string, string> = {};
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => void (await Promise.all(closers.map((one) => one())));
  try {
    for (const [index, agent] of given.entries()) {
      if ('socket' in agent) sockets[agent.id] = agent.socket;
      else {
        const path = join(directory, `agent${index}`);
        closers.push(await serve(agent.keys.map(readKey), path));
        sockets[agent.id] = path;
      }
    }
    return { sockets, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function serve(keys: readonly AgentKey[], path: string): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    converse(socket, keys);
  });
  await listen(server, path);
  chmodSync(path, 0o600);
  return () => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => {
      server.close(() => {
        rmSync(path, { force: true });
        resolve();
      });
    });
  };
}

/** Answers message after message: a length of four bytes and so many bytes each. */
function converse(socket: Socket, keys: readonly AgentKey[]): void {
  let read = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    read = Buffer.concat([read, chunk]);
    while (read.length >= 4) {
      const length = read.readUInt32BE();
      if (length > MAX_MESSAGE) return void socket.destroy();
      if (read.length < 4 + length) return;
      const answer = answerAgent(read.subarray(4, 4 + length), keys);
      read = read.subarray(4 + length);
      const size = Buffer.alloc(4);
      size.writeUInt32BE(answer.length);
      socket.write(Buffer.concat([size, answer]));
    }
  });
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } catch (error) {
    throw new BuildError('FILESYSTEM', `no socket can be made for SSH keys: ${(error as Error).message}`, {
      hint: 'the path of a socket holds little more than a hundred bytes: name a shorter directory by --scratch-dir',
      cause: error,
    });
  }
}
