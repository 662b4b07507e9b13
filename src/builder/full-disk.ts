import { statfsSync } from 'node:fs';
import { BuildError, toBuildError } from '../errors/index.ts';

/** Node's words, the C library's, and those for quotas. */
const NO_SPACE = /\bENOSPC\b|no space left on device|\bEDQUOT\b|disk quota exceeded/i;
/** With less than this nothing can be built. */
const NOTHING_BYTES = 1024 ** 2;

/**
 * An error with a hint where the file system of the scratch directory is full: what failed for that says so in its own
 * words, a RUN in those of its program, if at all. Other errors stay as they are.
 */
export function explainFullDisk(error: unknown, scratch: string): BuildError {
  const known = toBuildError(error);
  const isFull = textsOf(known).some((text) => NO_SPACE.test(text));
  if (!isFull && !(known.code === 'RUN_FAILED' && hasNoRoom(scratch))) return known;
  const { code, message, location, exitStatus, cause } = known;
  return new BuildError(code === 'INTERNAL' ? 'FILESYSTEM' : code, message, {
    hint: `the disk is full, or its quota used up: free space where ${scratch} lies, or name a larger place by --scratch-dir (input scratch-dir)`,
    ...{ location, exitStatus, cause },
  });
}

function textsOf(error: unknown): string[] {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 8; at = at.cause) texts.push(at.message);
  return texts;
}

function hasNoRoom(directory: string): boolean {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(directory);
    return bavail * bsize < NOTHING_BYTES || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}
