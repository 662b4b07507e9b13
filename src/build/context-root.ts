import { resolveInRoot } from '../rootfs/index.ts';
import type { BytePath } from '../bytes/index.ts';
import type { BuildContext } from '../context/index.ts';
import { BuildError } from '../errors/index.ts';
import type { OpenedRoot, RunChanges, StageRoot } from '../snapshot/index.ts';
import type { TarMember } from '../tar/index.ts';
import { ContextTrees } from './instructions/mounts/context-trees.ts';

const ROOT = '/' as BytePath;

/** The directory of a named context as the tree of a stage that nothing changes. */
class ContextRoot implements StageRoot {
  readonly #context: BuildContext;
  readonly #trees: ContextTrees;

  /** `freshDirectory` is asked for room where RUN is to see the files and they cannot be shown as they are. */
  constructor(context: BuildContext, freshDirectory: (kind: string) => string) {
    this.#context = context;
    this.#trees = new ContextTrees(context, freshDirectory);
  }

  open(): OpenedRoot {
    const { view } = this.#context;
    const trees = this.#trees;
    return {
      view,
      // Only mounts ask for it, and then a copy may have to be made.
      get directory(): BytePath | undefined {
        const { path, stat } = resolveInRoot(view, ROOT);
        return stat === undefined ? undefined : trees.locate(path, stat);
      },
      close: () => undefined,
    };
  }

  change(): Promise<readonly TarMember[]> {
    return Promise.reject(unchangeable());
  }

  run(): Promise<RunChanges> {
    return Promise.reject(unchangeable());
  }

  applyLayers(): Promise<void> {
    return Promise.reject(unchangeable());
  }

  fork(): StageRoot {
    throw unchangeable();
  }
}

/** The tree of the named context of this name. */
export function contextRoot(
  name: string,
  contexts: ReadonlyMap<string, BuildContext> | undefined,
  freshDirectory: (kind: string) => string,
): StageRoot {
  const context = contexts?.get(name);
  if (context !== undefined) return new ContextRoot(context, freshDirectory);
  throw new BuildError('INTERNAL', `the named context ${name} was not handed over`);
}

function unchangeable(): BuildError {
  return new BuildError('INTERNAL', 'a named context is only read');
}
