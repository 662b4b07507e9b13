import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { assertNever } from '../../errors/index.ts';
import type { SandboxMount, SandboxSpec } from '../sandbox/sandbox-spec.ts';
import type { ProotBind } from './proot-command.ts';

/** What stands for the file systems of a RUN where nothing can be mounted. */
export interface ProotMounts {
  readonly binds: readonly ProotBind[];
  remove(): void;
}

const MEMORY = '/dev/shm';

/**
 * Directories and files to be bound in place of mounts: memory is a directory in this machine's shared memory where that
 * can be written to, else one below `directory`, and so are secrets.
 */
export function prootMounts(mounts: SandboxSpec['mounts'] = [], directory: string): ProotMounts {
  const memory = mkdtempSync(`${inMemory() ? MEMORY : directory}/ts-kaniko-`);
  let count = 0;
  const fresh = (): string => `${memory}/${count++}`;
  const shared = freshDirectory(fresh());
  const binds = mounts.map((mount) => ({ source: sourceOf(mount, fresh), target: mount.target }));
  return {
    binds: [{ source: shared, target: MEMORY }, ...binds],
    remove: () => rmSync(memory, { recursive: true, force: true }),
  };
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
    accessSync(MEMORY, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
