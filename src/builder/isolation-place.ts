import { rmSync } from 'node:fs';
import {
  chooseBackend,
  choiceLine,
  probeIsolation,
  removeScratch,
  type Backend,
  type ProbeReport,
} from '../isolation/index.ts';
import type { BuildRequest, BuildSurroundings } from '../request/index.ts';
import { environmentOf } from './environment-of.ts';

/** What keeps a build apart on this machine. */
export interface Isolation {
  readonly report: ProbeReport;
  readonly backend: Backend;
}

/** The isolation of one build, looked for when it is first needed. */
export class IsolationPlace {
  readonly #request: Pick<BuildRequest, 'isolation' | 'force' | 'scratchParent'>;
  readonly #surroundings: Pick<BuildSurroundings, 'env' | 'reporter'>;
  #opened: Promise<Isolation> | undefined;

  constructor(
    request: Pick<BuildRequest, 'isolation' | 'force' | 'scratchParent'>,
    surroundings: Pick<BuildSurroundings, 'env' | 'reporter'>,
  ) {
    this.#request = request;
    this.#surroundings = surroundings;
  }

  /** Tries what the machine offers and takes the best. Throws ISOLATION where what was asked for cannot be had. */
  open(): Promise<Isolation> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** Deletes the scratch directory, with the help of the isolation where it was used. */
  async remove(scratch: string): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    if (opened === undefined) return rmSync(scratch, { recursive: true, force: true });
    await removeScratch(scratch, opened.backend, environmentOf(this.#surroundings.env));
  }

  async #open(): Promise<Isolation> {
    const { isolation, force, scratchParent } = this.#request;
    const { env, reporter } = this.#surroundings;
    const report = await probeIsolation({ scratchParent, env, only: isolation, force });
    const backend = chooseBackend(report, isolation);
    reporter.info(choiceLine(report, backend));
    return { report, backend };
  }
}
