import { BuildError } from '../../errors/index.ts';
import type { BuildPorts } from '../ports.ts';

/** What is done where files of a context are no longer those that keys were made of. */
export class ContextChange {
  readonly #ports: Pick<BuildPorts, 'cache' | 'reporter'>;
  /** Names of the steps that read such files. */
  readonly #steps = new Set<string>();

  constructor(ports: Pick<BuildPorts, 'cache' | 'reporter'>) {
    this.#ports = ports;
  }

  /**
   * Tells of it. `taken` says whether results of earlier builds have a part in this one, which would not fit the rest: then
   * CONTEXT is thrown, and the build is to begin anew.
   */
  notice(step: string, taken: boolean): void {
    this.#steps.add(step);
    if (taken) this.#refuse();
    if (this.#steps.size === 1)
      this.#ports.reporter.warn(
        'files of the build context changed while they were read: what was made of them is not kept in the cache',
      );
  }

  /** Throws as `notice` does where it was called before. */
  refuseIf(taken: boolean): void {
    if (this.#steps.size > 0 && taken) this.#refuse();
  }

  #refuse(): never {
    this.#ports.cache?.outdated([...this.#steps]);
    throw new BuildError('CONTEXT', 'files of the build context changed while they were read', {
      hint: 'nothing else should write to the context during the build',
    });
  }
}
