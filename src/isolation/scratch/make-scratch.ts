import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import type { BackendName } from '../backend/backend.ts';
import { holdAlive } from './alive-socket.ts';
import { writeOwner } from './owner-mark.ts';
import { prefixOfNew, SCRATCH_PREFIX } from './scratch-names.ts';

/** A directory for the files of one build, which others can tell from what killed builds left. */
export interface Scratch {
  readonly directory: string;
  /** Notes whose ids files in it may belong to. */
  note(backend: BackendName): void;
  /** Gives it up; to be called when it is removed. */
  release(): Promise<void>;
}

export interface ScratchSettings {
  /** No other container writes to the place: process numbers say enough, and no socket is needed. */
  readonly isOwnPlace?: boolean | undefined;
}

const TRIES = 5;

/** Makes a fresh directory, readable by its owner only, and marks it as this process's. Throws FILESYSTEM. */
export async function makeScratch(
  parent: string,
  backend?: BackendName,
  settings: ScratchSettings = {},
): Promise<Scratch> {
  for (let tries = 1; ; tries++) {
    try {
      return await markedDirectory(parent, backend, settings);
    } catch (error) {
      // Somebody else took it for what a killed build left.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && tries < TRIES) continue;
      throw new BuildError('FILESYSTEM', `no scratch directory can be made in ${parent}`, {
        cause: error,
        hint: 'name a directory that can be written to by --scratch-dir (input scratch-dir) or TMPDIR',
      });
    }
  }
}

async function markedDirectory(
  parent: string,
  backend: BackendName | undefined,
  { isOwnPlace = false }: ScratchSettings,
): Promise<Scratch> {
  const prefix = prefixOfNew();
  const fresh = mkdtempSync(join(parent, prefix));
  const directory = join(parent, `${SCRATCH_PREFIX}${basename(fresh).slice(prefix.length)}`);
  let release: (() => Promise<void>) | undefined;
  try {
    writeOwner(fresh, backend);
    release = isOwnPlace ? undefined : await holdAlive(fresh);
    renameSync(fresh, directory);
  } catch (error) {
    await release?.();
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  return {
    directory,
    note: (name) => writeOwner(directory, name),
    release: () => release?.() ?? Promise.resolve(),
  };
}
