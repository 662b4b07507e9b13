import { toText, type BytePath } from '../bytes/index.ts';
import { BuildError, toBuildError } from '../errors/index.ts';
import { refusal } from './layer-name.ts';

/** What the kernel says to names and links that no file system could hold. */
const ENTRY_AT_FAULT = new Set(['ENAMETOOLONG', 'ELOOP', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY']);

/** Runs the work on one entry of an archive; whatever it throws becomes a BuildError that names the entry. */
export function naming(name: BytePath, work: () => void): void {
  try {
    work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (ENTRY_AT_FAULT.has(code)) throw refusal(name, `cannot be placed: ${(error as Error).message}`, error);
    if (error instanceof BuildError && error.code !== 'FILESYSTEM') throw error;
    throw machineAtFault(name, code, error);
  }
}

function machineAtFault(name: BytePath, code: string, error: unknown): BuildError {
  const base = toBuildError(error);
  const isOwner = code === 'EINVAL' || code === 'EPERM';
  return new BuildError(base.code, `${toText(name)}: ${base.message}`, {
    cause: error,
    hint: isOwner ? 'owners other than oneself need root, or a user namespace that maps them' : base.hint,
  });
}
