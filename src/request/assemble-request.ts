import { resolve } from 'node:path';
import { BuildError } from '../errors/index.ts';
import { platformOfMachine } from '../oci/index.ts';
import {
  ISOLATION_CHOICES,
  SNAPSHOTTER_CHOICES,
  type BuildRequest,
  type AskedBuild,
  type GitToken,
  type GivenCredential,
  type OutputSpec,
  type RunOptions,
} from './build-request.ts';
import { parseCall, type CallChoice } from './call-choice.ts';
import { parseChoice } from './choice.ts';
import { checkStandardInput } from './context-choice.ts';
import { type Environment } from './front-ports.ts';
import { warmDirectory } from './warm-request.ts';
import { type OptionValues } from './option-values.ts';
import { parseBuildArgs, parseLabels } from './pairs.ts';
import { cacheRequest } from './cache/cache-request.ts';
import { compressionOf, pushedNames } from './outputs/all-outputs.ts';
import { checkPlatforms } from './outputs/check-outputs.ts';
import { outputRequest, type GivenOutputs } from './outputs/output-request.ts';
import { parsePlatforms } from './platforms.ts';
import { registriesOf } from './registry-values.ts';
import { parseAgents } from './run/agents.ts';
import { type ReadSecrets } from './run/read-secret.ts';
import { parseHosts, parseLimits, parseSize } from './run/run-values.ts';
import { scratchParentOf } from './scratch-parent.ts';
import { type ContextSpec, type DockerfileSpec, type NamedSource } from './sources/context-spec.ts';
import { parseGitOptions } from './sources/git-options.ts';
import { epochOf, withEpochArgument } from './source-date-epoch.ts';

const NETWORK_CHOICES = ['default', 'host', 'none'] as const;

/** What the fronts call by different names, or have rules of their own for. */
export interface FrontChoices extends GivenOutputs {
  readonly context: ContextSpec;
  readonly dockerfile: DockerfileSpec;
  readonly contexts: readonly NamedSource[];
  /** The first is exported, the others are only built. */
  readonly targets: readonly string[];
  /** What is asked about the build in place of it. */
  readonly call: string | undefined;
  readonly buildArgs: readonly string[];
  readonly labels: readonly string[];
  readonly platforms: readonly string[];
  readonly credentials: readonly GivenCredential[];
  readonly secrets: ReadSecrets;
  readonly extraHosts: readonly string[];
  readonly gitTokens: readonly GitToken[];
  /** What records of the layer cache are signed with. */
  readonly signingKey: string | undefined;
}

export interface FrontPlace {
  readonly env: Environment;
  /** What relative paths start from. */
  readonly cwd: string;
  /** Node's `process.arch`. */
  readonly machine: string;
}

export interface AssembledRequest {
  readonly request: BuildRequest;
  /** A question that is answered in place of the build. */
  readonly call: CallChoice | undefined;
  /** Where the metadata of the image goes, if anywhere. */
  readonly metadataFile: string | undefined;
  /** To be told once the log is open. */
  readonly warnings: readonly string[];
}

/** The one options value out of a front's values. Throws USAGE and UNSUPPORTED for values that make no sense. */
export function assembleRequest(
  values: OptionValues,
  choices: FrontChoices,
  place: FrontPlace,
): AssembledRequest {
  checkStandardInput(choices.context, choices.dockerfile);
  const { outputs, insecureRegistries, warnings } = outputRequest(values, choices, place.cwd);
  const registries = registriesOf(values, place);
  const platforms = parsePlatforms(choices.platforms, place.machine);
  checkPlatforms(outputs, platforms);
  const request: BuildRequest = {
    spec: specOf(values, choices, place, outputs),
    platforms,
    outputs,
    registries: {
      ...registries,
      insecureRegistries: [...registries.insecureRegistries, ...insecureRegistries],
    },
    credentials: choices.credentials,
    secrets: choices.secrets.secrets,
    sshAgents: parseAgents(values.list('ssh'), place),
    gitTokens: choices.gitTokens,
    cache: cacheRequest(values, { ...place, pushed: pushedNames(outputs), signingKey: choices.signingKey }),
    warmBases: warmDirectory(values, place.cwd),
    isolation: parseChoice(values.text('isolation') ?? 'auto', ISOLATION_CHOICES, 'isolation'),
    force: values.flag('force') ?? false,
    scratchParent: scratchParentOf(values, place.cwd),
  };
  const call = parseCall(choices.call);
  return {
    request,
    call,
    metadataFile: pathOf(values.text('metadata-file'), place.cwd),
    warnings: [...warnings, ...choices.secrets.warnings],
  };
}

function specOf(
  values: OptionValues,
  choices: FrontChoices,
  { env, cwd, machine }: FrontPlace,
  outputs: OutputSpec,
): AskedBuild {
  const buildPlatform = platformOfMachine(machine);
  const epoch = [values.text('source-date-epoch'), env['SOURCE_DATE_EPOCH']];
  const buildArgs = withEpochArgument(parseBuildArgs(choices.buildArgs, env), epoch);
  return {
    context: choices.context,
    contextSubPath: values.text('context-sub-path'),
    dockerfile: choices.dockerfile,
    contexts: choices.contexts,
    git: parseGitOptions(values.text('git') ?? ''),
    cwd,
    target: choices.targets[0],
    otherTargets: choices.targets.slice(1),
    buildArgs,
    labels: parseLabels(choices.labels),
    platform: parsePlatforms(choices.platforms, machine)[0],
    buildPlatform,
    sourceDateEpoch: epochOf(buildArgs),
    reproducible: values.flag('reproducible') ?? false,
    singleSnapshot: values.flag('single-snapshot') ?? false,
    strictOwnership: values.flag('strict-ownership') ?? false,
    compression: compressionOf(outputs),
    sparesMemory: !(values.flag('compressed-caching') ?? true),
    ignorePaths: values.list('ignore-path').map(absoluteInImage),
    snapshotter: parseChoice(values.text('snapshotter') ?? 'auto', SNAPSHOTTER_CHOICES, 'snapshotter'),
    run: runOf(values, choices.extraHosts, cwd),
  };
}

function runOf(values: OptionValues, extraHosts: readonly string[], cwd: string): RunOptions {
  const shmSize = values.text('shm-size');
  return {
    network: parseChoice(values.text('network') ?? 'default', NETWORK_CHOICES, 'network'),
    extraHosts: parseHosts(extraHosts),
    shmBytes: shmSize === undefined ? undefined : parseSize(shmSize, 'shm-size'),
    limits: parseLimits(values.list('ulimit')),
    cacheMounts: pathOf(values.text('cache-mounts-dir'), cwd),
    keepsCacheMounts: values.flag('cache-mounts') ?? true,
  };
}

function absoluteInImage(path: string): string {
  if (path.startsWith('/')) return path;
  throw new BuildError('USAGE', `ignore-path ${JSON.stringify(path)} is not absolute`, {
    hint: 'write it as it is in the image, for instance /var/cache',
  });
}

function pathOf(text: string | undefined, cwd: string): string | undefined {
  return text === undefined ? undefined : resolve(cwd, text);
}
