import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** What a case's URLs begin with, in its flags and its context. */
export const ORIGIN = '{origin}';

export interface Origin {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a directory; `enter` begins a command that has the network of a builder. Throws where the server ends at once. */
export async function startOrigin(directory: string, enter: readonly string[]): Promise<Origin> {
  const server = join(import.meta.dirname, 'origin-server.ts');
  const [command = '', ...words] = [...enter, process.execPath, server, directory];
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const port = await Promise.race([firstLine(child.stdout), ended.then(() => undefined)]);
  if (port === undefined) throw new Error('the server of a case did not start');
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

async function firstLine(stream: Readable): Promise<string> {
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.toString().trim();
}
