import type { SourceRange, StageInstruction } from '../../dockerfile/index.ts';
import type { BaseImage, PlannedStage } from '../planned-stage.ts';

/** What is known of a stage between two of its instructions without carrying them out. */
export interface StageScope {
  /** ENV and ARG, the later winning. */
  readonly env: Map<string, string>;
  /** Names that were declared by ARG, with a value or without. */
  readonly args: Set<string>;
  /** The base could not be looked up: it may set any variable. */
  readonly baseUnknown: boolean;
  /** A WORKDIR of this file came before. */
  workdirSet: boolean;
  /** Somebody chose the shell, in this file or in the base. */
  shellChosen: boolean;
  /** Where the last CMD, ENTRYPOINT and HEALTHCHECK of this stage stand. */
  readonly last: Map<StageInstruction['kind'], SourceRange>;
}

/** A stage before its first instruction: `parent` is the finished scope of the stage it starts from. */
export function startScope(
  stage: PlannedStage,
  parent: StageScope | undefined,
  unknownBases: ReadonlySet<BaseImage> | undefined,
): StageScope {
  if (parent !== undefined) {
    return { ...parent, env: new Map(parent.env), args: new Set(parent.args), last: new Map() };
  }
  const image = stage.base.kind === 'image' ? stage.base.image : undefined;
  const config = image?.config.config;
  return {
    // BuildKit gives every stage a PATH.
    env: new Map([['PATH', ''], ...(config?.Env ?? []).map(splitEntry)]),
    args: new Set(),
    baseUnknown: image !== undefined && unknownBases?.has(image) === true,
    workdirSet: false,
    shellChosen: (config?.Shell?.length ?? 0) > 0,
    last: new Map(),
  };
}

function splitEntry(entry: string): [string, string] {
  const equals = entry.indexOf('=');
  return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
}
