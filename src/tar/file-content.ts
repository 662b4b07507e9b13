import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { toFs, toText, type BytePath } from '../bytes/index.ts';
import { BuildError, toBuildError } from '../errors/index.ts';

/** A file that is read while it is open, and must have the size its header said. */
export interface FileContent {
  /** Fills the buffer with the next bytes; throws FILESYSTEM where the file has shrunk. */
  fill(into: Buffer): void;
  /** Throws FILESYSTEM where the file has another size by now, or is no plain file. */
  checkSize(): void;
  close(): void;
}

/** A symlink or FIFO that took the file's place in the meantime is neither followed nor waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a plain file whose content goes into an archive. Throws FILESYSTEM. */
export function openContent(path: BytePath, size: number): FileContent {
  const fd = guarded(() => openSync(toFs(path), FLAGS));
  return {
    fill: (into) => {
      for (let done = 0; done < into.length;) {
        const count = guarded(() => readSync(fd, into, done, into.length - done, null));
        if (count === 0) throw changed(path);
        done += count;
      }
    },
    checkSize: () => {
      const stat = guarded(() => fstatSync(fd));
      if (!stat.isFile() || stat.size !== size) throw changed(path);
    },
    close: () => {
      closeSync(fd);
    },
  };
}

function changed(path: BytePath): BuildError {
  return new BuildError('FILESYSTEM', `file changed while it was read: ${toText(path)}`, {
    hint: 'something else writes to it during the build',
  });
}

/** Whatever goes wrong with a file here is a matter of that file system. */
function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { code, message, hint } = toBuildError(error);
    throw new BuildError(code === 'INTERNAL' ? 'FILESYSTEM' : code, message, { hint, cause: error });
  }
}
