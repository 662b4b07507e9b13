import { locateDockerfile } from '../context/index.ts';
import { BuildError } from '../errors/index.ts';
import {
  assembleRequest,
  checkDestinations,
  defaultContext,
  parseChoice,
  parseContext,
  parseFile,
  parseGoBool,
  type AssembledRequest,
  type Environment,
} from '../request/index.ts';
import { type FlagValues } from './flag-values.ts';
import { type CliPorts } from './ports.ts';

/** kaniko's three; all are the same here, as changes are always found exactly. */
const SNAPSHOT_MODES = ['full', 'redo', 'time'] as const;

/** The request that flags and environment make. Throws USAGE, UNSUPPORTED, REFERENCE, and CONTEXT without a Dockerfile. */
export function readRequest(flags: FlagValues, env: Environment, ports: CliPorts): AssembledRequest {
  const context = parseContext(flags.text('context') ?? defaultContext(env, ports.exists), ports.cwd);
  parseChoice(flags.text('snapshot-mode') ?? 'full', SNAPSHOT_MODES, '--snapshot-mode');
  const assembled = assembleRequest(
    flags,
    {
      context,
      dockerfile: locateDockerfile({
        context: context.path,
        file: parseFile(flags.text('dockerfile')),
        cwd: ports.cwd,
      }),
      target: oneTarget(flags.list('target')),
      buildArgs: flags.list('build-arg'),
      labels: flags.list('label'),
      platforms: [flags.text('custom-platform') ?? ''],
      destinations: flags.list('destination'),
      push: pushes(flags, env),
      credentials: [],
    },
    { env, cwd: ports.cwd, machine: ports.machine },
  );
  checkDestinations(assembled.request.outputs, 'give --destination, or --no-push');
  return assembled;
}

function pushes(flags: FlagValues, env: Environment): boolean {
  const fromEnv = env['KANIKO_NO_PUSH'] ?? '';
  const noPush = flags.flag('no-push') === true || (fromEnv !== '' && parseGoBool(fromEnv, 'KANIKO_NO_PUSH'));
  return !noPush && (flags.flag('push') ?? true);
}

function oneTarget(targets: readonly string[]): string | undefined {
  const [target, another] = targets.filter((name) => name !== '');
  if (another === undefined) return target;
  throw new BuildError('UNSUPPORTED', 'several targets are not supported', {
    hint: 'build each --target in a call of its own',
  });
}
