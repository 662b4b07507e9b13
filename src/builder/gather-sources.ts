import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  directoryInside,
  fetchContext,
  fetchDockerfile,
  fetchNamedContext,
  gitCredentials,
  httpHostOf,
  type SourceTools,
} from '../context/index.ts';
import { BuildError } from '../errors/index.ts';
import type { LayoutImage } from '../image/index.ts';
import type { HttpClient } from '../http/index.ts';
import { withContextEpoch } from '../request/index.ts';
import type {
  AskedBuild,
  BuildRequest,
  BuildSpec,
  BuildSurroundings,
  ContextSpec,
  NamedContext,
  NamedSource,
} from '../request/index.ts';

const KEEP_GIT_DIR = 'BUILDKIT_CONTEXT_KEEP_GIT_DIR';

/** What fetching contexts takes, for this build; its files go into a directory of their own below the scratch directory. */
export function sourceTools(
  { spec, gitTokens }: Pick<BuildRequest, 'spec' | 'gitTokens'>,
  { env, reporter, stdin }: BuildSurroundings,
  place: { readonly http: HttpClient; readonly scratch: string; readonly signal: AbortSignal },
): SourceTools {
  const directory = join(place.scratch, 'sources');
  mkdirSync(directory, { mode: 0o700 });
  return {
    http: place.http,
    env,
    stdin,
    directory,
    credentials: gitCredentials(env, gitTokens, namedHosts(spec)),
    git: spec.git,
    signal: place.signal,
    say: (message) => reporter.info(message),
  };
}

/**
 * Brings everything a build reads from onto this machine: the context, named contexts and the Dockerfile, all that the
 * network or standard input gives. Throws what fetching them throws.
 */
export async function gatherSources(asked: AskedBuild, tools: SourceTools): Promise<BuildSpec> {
  const { context, contextSubPath, dockerfile, contexts, git: _git, cwd, ...settings } = asked;
  // One after the other: what fails is the one the user looks for first.
  const fetched = await fetchContext(keepingGitDir(context, asked), tools);
  const path = subDirectory(fetched.path, contextSubPath);
  const file = await fetchDockerfile({ dockerfile, context, cwd }, { ...fetched, path }, tools);
  return {
    ...withContextEpoch(settings, fetched.time),
    context: { kind: 'directory', path },
    dockerfile: file.path,
    dockerfileName: file.name,
    contexts: await Promise.all(contexts.map((named) => gatherNamed(named, tools))),
  };
}

async function gatherNamed({ name, source }: NamedSource, tools: SourceTools): Promise<NamedContext> {
  switch (source.kind) {
    case 'image':
      return { name, kind: 'image', reference: source.reference };
    case 'layout':
      return { name, kind: 'layout' };
    default:
      return { name, kind: 'directory', path: (await fetchNamedContext(source, tools)).path };
  }
}

/** The image layouts among the named contexts, by name. */
export function layoutsOf({ contexts }: Pick<AskedBuild, 'contexts'>): ReadonlyMap<string, LayoutImage> {
  return new Map(
    contexts.flatMap(({ name, source }): [string, LayoutImage][] =>
      source.kind === 'layout' ? [[name, { ...source, directory: source.path }]] : [],
    ),
  );
}

function subDirectory(path: string, below: string | undefined): string {
  if (below === undefined || below === '') return path;
  if (below.split('/').includes('..'))
    throw new BuildError('USAGE', `the directory ${JSON.stringify(below)} leads out of the build context`, {
      hint: 'context-sub-path is a path inside the context',
    });
  return directoryInside(path, below, 'the build context');
}

function keepingGitDir(context: ContextSpec, { buildArgs }: AskedBuild): ContextSpec {
  const value = Object.hasOwn(buildArgs, KEEP_GIT_DIR) ? (buildArgs[KEEP_GIT_DIR] ?? '') : '';
  if (context.kind !== 'git' || !/^(1|t|true)$/i.test(value)) return context;
  return { kind: 'git', source: { ...context.source, keepGitDir: true } };
}

/** Hosts of the repositories the user named, which credentials without a host are for. */
function namedHosts({ context, contexts }: AskedBuild): string[] {
  return [context, ...contexts.map(({ source }) => source)].flatMap((source) =>
    source.kind === 'git' ? (httpHostOf(source.source) ?? []) : [],
  );
}
