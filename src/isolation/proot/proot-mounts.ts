import { accessSync, chmodSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { assertNever } from '../../errors/index.ts';
import type { SandboxMount, SandboxSpec } from '../sandbox/sandbox-spec.ts';
import { makeScratch } from '../scratch/make-scratch.ts';
import type { ProotBind } from './proot-command.ts';

/** What stands for the file systems of a RUN where nothing can be mounted. */
export interface ProotMounts {
  readonly binds: readonly ProotBind[];
  remove(): Promise<void>;
}

/** Where memory of RUNs lies, marked like scratch space so that what a killed build leaves is found. */
export const PROOT_MEMORY = '/dev/shm';

/**
 * Directories and files to be bound in place of mounts: memory is a directory in this machine's shared memory where that
 * can be written to, else one below `directory`, and so are secrets.
 */
export async function prootMounts(
  mounts: SandboxSpec['mounts'] = [],
  directory: string,
): Promise<ProotMounts> {
  const memory = await makeScratch(inMemory() ? PROOT_MEMORY : directory, 'proot');
  let count = 0;
  const fresh = (): string => `${memory.directory}/${count++}`;
  const remove = async (): Promise<void> => {
    rmSync(memory.directory, { recursive: true, force: true });
    await memory.release();
  };
  try {
    const shared = freshDirectory(fresh());
    const binds = mounts.map((mount) => ({ source: sourceOf(mount, fresh), target: mount.target }));
    return { binds: [{ source: shared, target: PROOT_MEMORY }, ...binds], remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function sourceOf(mount: SandboxMount, fresh: () => string): string {
  switch (mount.kind) {
    case 'bind':
      return mount.source;
    case 'tmpfs':
      return freshDirectory(fresh());
    case 'secret': {
      const file = fresh();
      writeFileSync(file, mount.content, { mode: 0o600, flag: 'wx' });
      // Its owner is this user, whoever RUN is told to be.
      chmodSync(file, mount.mode | 0o400);
      return file;
    }
    default:
      return assertNever(mount);
  }
}

function freshDirectory(path: string): string {
  mkdirSync(path);
  chmodSync(path, 0o1777);
  return path;
}

function inMemory(): boolean {
  try {
    accessSync(PROOT_MEMORY, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
