import {
  chooseBackend,
  choiceLine,
  findScratch,
  makeScratch,
  NO_BACKEND,
  placeLine,
  probeIsolation,
  removeScratch,
  type Backend,
  type ProbeReport,
  type Scratch,
} from '../isolation/index.ts';
import type { BuildRequest, BuildSurroundings } from '../request/index.ts';
import { recoverOwnRoot, sweepAfterKilled } from './after-killed.ts';
import { contextsOf } from './contexts-of.ts';
import { environmentOf } from './environment-of.ts';

/** What keeps a build apart on this machine. */
export interface Isolation {
  readonly report: ProbeReport;
  readonly backend: Backend;
  /** The directory below which trees of stages lie. */
  readonly trees: string;
}

type Request = Pick<
  BuildRequest,
  'isolation' | 'force' | 'scratchParent' | 'cache' | 'spec' | 'outputs' | 'warmBases'
>;
type Surroundings = Pick<BuildSurroundings, 'env' | 'reporter' | 'onScratch'>;

/** The scratch space of one build, and its isolation, which is looked for when it is first needed. */
export class IsolationPlace {
  readonly #request: Request;
  readonly #surroundings: Surroundings;
  readonly #scratch: Scratch;
  readonly #probed: ProbeReport | undefined;
  #trees: Scratch | undefined;
  #opened: Promise<Isolation> | undefined;

  private constructor(
    request: Request,
    surroundings: Surroundings,
    scratch: Scratch,
    probed: ProbeReport | undefined,
  ) {
    this.#request = request;
    this.#surroundings = surroundings;
    this.#scratch = scratch;
    this.#probed = probed;
  }

  /**
   * Finds a place, removes what killed builds left, and makes the scratch directory. Throws FILESYSTEM where none can be
   * made, and ISOLATION where what was asked for cannot be had.
   */
  static async find(request: Request, surroundings: Surroundings): Promise<IsolationPlace> {
    const { env, reporter, onScratch } = surroundings;
    const { isolation: only, force, scratchParent: wanted, cache, spec } = request;
    // A build that may come out of the cache whole needs no isolation.
    const lazily = cache !== undefined;
    const ofTrees = await recoverOwnRoot(request, surroundings);
    const found = await findScratch({ wanted, env, contexts: contextsOf(spec), only, force, lazily });
    reporter.info(placeLine(found));
    await sweepAfterKilled(found, ofTrees, surroundings);
    const scratch = await makeScratch(found.place.directory);
    onScratch?.(scratch.directory);
    const place = new IsolationPlace(request, surroundings, scratch, found.report);
    if (lazily) return place;
    try {
      await place.open();
      return place;
    } catch (error) {
      await place.close();
      throw error;
    }
  }

  /** Absolute. */
  get scratch(): string {
    return this.#scratch.directory;
  }

  /** Tries what the machine offers and takes the best. Throws ISOLATION where what was asked for cannot be had. */
  open(): Promise<Isolation> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** Deletes all directories, with the help of the isolation where it was used. A failure is a warning: the image is not worse for it. */
  async close(): Promise<void> {
    const { env, reporter } = this.#surroundings;
    const opened = await this.#opened?.catch(() => undefined);
    for (const scratch of [this.#trees, this.#scratch]) {
      if (scratch === undefined) continue;
      try {
        await removeScratch(scratch.directory, opened?.backend ?? NO_BACKEND, environmentOf(env));
      } catch (error) {
        reporter.warn(
          `scratch space is left behind: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      await scratch.release();
    }
  }

  async #open(): Promise<Isolation> {
    const { isolation, force } = this.#request;
    const { env, reporter } = this.#surroundings;
    const { directory } = this.#scratch;
    const probe = { scratchParent: directory, env, only: isolation, force };
    const report = this.#probed ?? (await probeIsolation(probe));
    const backend = chooseBackend(report, isolation);
    reporter.info(choiceLine(report, backend));
    this.#scratch.note(backend.name);
    // Trees that are moved into a root have to be on its file system.
    if (backend.builderDirectory !== undefined)
      this.#trees = await makeScratch(backend.builderDirectory, backend.name, { isOwnPlace: true });
    return { report, backend, trees: this.#trees?.directory ?? directory };
  }
}
