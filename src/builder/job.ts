import { BuildError } from '../errors/index.ts';
import { noRunError, type Backend, type ProbeReport } from '../isolation/index.ts';
import type { BuildRequest, BuildSpec, Environment } from '../request/index.ts';
import { toErrorMessage } from './error-message.ts';
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
  /** What the cache has; undefined where the build is without one. */
  readonly cache?: Job['cache'];
}

/** All the building process is told of a request, the how-manieth of its build. Throws ISOLATION where overlays are asked for and cannot be had. */
export function jobOf(
  request: GatheredRequest,
  { report, backend, scratch, cache }: JobSite,
  env: Environment,
  number = 0,
): Job {
  const { spec } = request;
  return {
    spec,
    trees: `trees${number}`,
    settings: {
      scratch,
      snapshotter: snapshotterOf(spec.snapshotter, backend),
      userxattr: backend.userxattr,
      ownership: backend.ownership,
      ignorePaths: [...spec.ignorePaths],
      cacheMounts: spec.run?.cacheMounts,
    },
    ...runSupplies(request),
    ownProc: backend.ownProc,
    recorder: backend.recorder,
    path: env['PATH'] ?? '',
    ...(cache !== undefined && { cache }),
    ...(backend.name === 'none' && { noRun: toErrorMessage(noRunError(report)) }),
  };
}

function snapshotterOf(
  wanted: BuildRequest['spec']['snapshotter'],
  backend: Backend,
): Job['settings']['snapshotter'] {
  if (backend.name === 'none') return 'index';
  if (wanted === 'overlay' && !backend.overlay) {
    throw new BuildError('ISOLATION', 'no overlay can be mounted here', {
      hint: 'point TMPDIR (RUNNER_TEMP in the action) at a volume that is no overlay itself, or use --snapshotter=auto',
    });
  }
  return wanted === 'auto' ? (backend.overlay ? 'overlay' : 'scan') : wanted;
}
