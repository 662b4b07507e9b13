import { BuildError } from '../../errors/index.ts';

/** Does work on a root; where the operating system refuses it, the error says what it was about. Throws FILESYSTEM. */
export function naming<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BuildError('FILESYSTEM', `moving the tree of a stage into or out of / failed: ${message}`, {
      cause: error,
      hint:
        code === 'EXDEV'
          ? 'the directory of the builder must lie on the same file system as /, and not be a volume'
          : undefined,
    });
  }
}
