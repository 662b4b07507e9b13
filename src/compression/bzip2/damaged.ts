import { BuildError } from '../../errors/index.ts';

/** The error for bytes that are no bzip2 stream. */
export function damaged(why: string): BuildError {
  return new BuildError('ARCHIVE', `damaged compressed data: bzip2: ${why}`);
}
