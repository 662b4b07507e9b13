import type { AskedBuild, BuildSpec } from '../../src/request/index.ts';

/** A spec of a build in a context directory, with nothing special about it. */
export function buildSpec(context: string, changes: Partial<BuildSpec> = {}): BuildSpec {
  return {
    context: { kind: 'directory', path: context },
    dockerfile: `${context}/Dockerfile`,
    buildArgs: {},
    labels: {},
    platform: { os: 'linux', architecture: 'amd64' },
    buildPlatform: { os: 'linux', architecture: 'amd64' },
    reproducible: false,
    singleSnapshot: false,
    ignorePaths: [],
    snapshotter: 'auto',
    ...changes,
  };
}

/** The same spec as a front asks for it. */
export function askedBuild({ dockerfile, contexts: _none, ...spec }: BuildSpec): AskedBuild {
  return { ...spec, dockerfile: { kind: 'file', name: dockerfile }, contexts: [], git: {}, cwd: '/' };
}
