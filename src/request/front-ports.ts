import { type Reporter } from '../report/index.ts';
import { type BuildRequest } from './build-request.ts';
import { type BuildResult } from './build-result.ts';

/** Environment variables as values. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface BuildSurroundings {
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly env: Environment;
}

/** The build, as the fronts see it. Throws BuildError. */
export type RunBuild = (request: BuildRequest, surroundings: BuildSurroundings) => Promise<BuildResult>;

/** Tells what this machine can do: once for people, once as data. */
export type RunDoctor = (o: {
  readonly env: Environment;
  readonly scratchParent: string;
}) => Promise<{ readonly text: string; readonly json: unknown }>;
