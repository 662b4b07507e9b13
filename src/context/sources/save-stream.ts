import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../../errors/index.ts';

/**
 * Writes standard input into a fresh private file of `directory` and returns its path. Throws USAGE where there is none,
 * CONTEXT where it is empty or larger than `limitBytes`; nothing is left then.
 */
export async function saveStream(
  stream: AsyncIterable<Uint8Array> | undefined,
  options: { readonly directory: string; readonly limitBytes: number; readonly signal: AbortSignal },
): Promise<string> {
  if (stream === undefined)
    throw new BuildError('USAGE', 'there is no standard input to read from here', {
      hint: 'give a file or a directory',
    });
  const path = join(options.directory, `stdin-${randomUUID()}`);
  try {
    await write(stream, path, options);
    return path;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

async function write(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  { limitBytes, signal }: { readonly limitBytes: number; readonly signal: AbortSignal },
): Promise<void> {
  const descriptor = openSync(path, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      size += chunk.length;
      if (size > limitBytes)
        throw new BuildError('CONTEXT', `standard input has more than ${limitBytes} bytes`);
      for (let done = 0; done < chunk.length;) done += writeSync(descriptor, chunk, done);
    }
  } finally {
    closeSync(descriptor);
  }
  if (size === 0)
    throw new BuildError('CONTEXT', 'standard input is empty', { hint: 'pipe the archive or Dockerfile in' });
}
