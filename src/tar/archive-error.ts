import { BuildError } from '../errors/index.ts';

/** The ARCHIVE error for bytes that are no well-formed tar. */
export function damaged(reason: string): BuildError {
  return new BuildError('ARCHIVE', `the tar archive is damaged: ${reason}`);
}

/** The ARCHIVE error for an archive that crosses one of TarLimits. */
export function overLimit(what: string, limit: number): BuildError {
  return new BuildError('ARCHIVE', `the tar archive is refused: ${what} (limit ${String(limit)})`);
}

/** The ARCHIVE error for an entry that cannot be told in a tar header. */
export function notStorable(reason: string): BuildError {
  return new BuildError('ARCHIVE', `cannot be stored in a tar archive: ${reason}`);
}
