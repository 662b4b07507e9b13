import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { toBuildError } from '../errors/index.ts';

/** Appends a chunk, which is the caller's again when this ends. */
export type Write = (chunk: Uint8Array) => Promise<void> | void;

/**
 * Writes a file beside its place and renames it there: readers see the old one or all of the new one, and a failure
 * leaves nothing behind. Throws FILESYSTEM.
 */
export async function replaceFile(path: string, fill: (write: Write) => Promise<void> | void): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeNew(temporary, fill);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw toBuildError(error);
  }
}

async function writeNew(path: string, fill: (write: Write) => Promise<void> | void): Promise<void> {
  const descriptor = openSync(path, 'wx', 0o644);
  try {
    await fill((chunk) => {
      for (let done = 0; done < chunk.length;) done += writeSync(descriptor, chunk, done);
    });
  } finally {
    closeSync(descriptor);
  }
}
