import { join } from 'node:path';
import { BuildError } from '../errors/index.ts';
import { JOURNAL, keptInRoot, noRunError, type Backend, type ProbeReport } from '../isolation/index.ts';
import type { BuildRequest, BuildSpec, Environment } from '../request/index.ts';
import { toErrorMessage } from './error-message.ts';
import { pathsOfBuild } from './kept-in-root.ts';
import type { Job } from './messages.ts';
import { runSupplies } from './run-supplies.ts';

/** A request with all it is built from on this machine. */
export type GatheredRequest = Omit<BuildRequest, 'spec' | 'sshAgents'> & {
  readonly spec: BuildSpec;
  /** Sockets of agents by id. */
  readonly agentSockets: Readonly<Record<string, string>>;
};

/** Where a job is done. */
export interface JobSite {
  readonly report: ProbeReport;
  readonly backend: Backend;
  readonly scratch: string;
  /** The directory below which trees of stages lie. */
  readonly trees: string;
  /** What the cache has; undefined where the build is without one. */
  readonly cache?: Job['cache'];
}

/** All the building process is told of a request, the how-manieth of its build. Throws ISOLATION where overlays are asked for and cannot be had. */
export function jobOf(
  request: GatheredRequest,
  { report, backend, scratch, trees, cache }: JobSite,
  env: Environment,
  number = 0,
): Job {
  const { spec } = request;
  return {
    spec,
    trees: join(trees, `trees${number}`),
    settings: {
      scratch,
      snapshotter: snapshotterOf(spec.snapshotter, backend),
      userxattr: backend.userxattr,
      ownership: backend.ownership,
      ignorePaths: [...spec.ignorePaths],
      cacheMounts: spec.run?.cacheMounts,
      keepsCacheMounts: spec.run?.keepsCacheMounts,
      takeover: backend.name === 'inplace' ? takeoverOf(request, scratch) : undefined,
    },
    ...runSupplies(request),
    ownProc: backend.ownProc,
    oneUser: backend.oneUser,
    path: backend.builderDirectory === undefined ? (env['PATH'] ?? '') : `${backend.builderDirectory}/bin`,
    ...(cache !== undefined && { cache }),
    proot: backend.proot,
    ...(backend.name === 'none' && { noRun: toErrorMessage(noRunError(report)) }),
  };
}

/** In a root that is taken over stays what the build reads and writes, besides what stays in every one. */
function takeoverOf(request: GatheredRequest, scratch: string): NonNullable<Job['settings']['takeover']> {
  return { kept: [...keptInRoot(), scratch, ...pathsOfBuild(request)], journal: JOURNAL };
}

function snapshotterOf(
  wanted: BuildRequest['spec']['snapshotter'],
  backend: Backend,
): Job['settings']['snapshotter'] {
  if (backend.name === 'none') return 'index';
  if (wanted === 'overlay' && !backend.overlay) {
    throw new BuildError('ISOLATION', 'no overlay can be mounted here', {
      hint: 'name a directory on a volume that is no overlay itself by --scratch-dir (input scratch-dir), or use --snapshotter=auto',
    });
  }
  return wanted === 'auto' ? (backend.overlay ? 'overlay' : 'scan') : wanted;
}
