import { findEarly } from '../context/index.ts';
import {
  assembleRequest,
  checkDestinations,
  defaultContext,
  impliedCredentials,
  parseChoice,
  parseContext,
  parseFile,
  parseGoBool,
  parseNamedSources,
  parseSecretFlags,
  readSigningKey,
  withPullMethod,
  type AssembledRequest,
  type Environment,
} from '../request/index.ts';
import { type FlagValues } from './flag-values.ts';
import { type CliPorts } from './ports.ts';

/** kaniko's three; all are the same here, as changes are always found exactly. */
const SNAPSHOT_MODES = ['full', 'redo', 'time'] as const;

/** The request that flags and environment make, of a build with somewhere to go. Throws USAGE, UNSUPPORTED, REFERENCE, and CONTEXT without a Dockerfile. */
export function readRequest(flags: FlagValues, env: Environment, ports: CliPorts): AssembledRequest {
  const assembled = readQuestion(flags, env, ports);
  if (assembled.call === undefined)
    checkDestinations(assembled.request.outputs, 'give --destination, or --no-push');
  return assembled;
}

/** The same for what is only asked about and needs no destination. */
export function readQuestion(flags: FlagValues, env: Environment, ports: CliPorts): AssembledRequest {
  const { cwd } = ports;
  const given = parseContext(flags.text('context') ?? defaultContext(env, ports.exists), cwd);
  const context = withPullMethod(given, env['GIT_PULL_METHOD']);
  parseChoice(flags.text('snapshot-mode') ?? 'full', SNAPSHOT_MODES, '--snapshot-mode');
  return assembleRequest(
    flags,
    {
      context,
      dockerfile: findEarly({
        dockerfile: parseFile(flags.text('dockerfile')),
        context,
        contextSubPath: flags.text('context-sub-path'),
        cwd,
      }),
      contexts: parseNamedSources(flags.list('build-context'), cwd),
      targets: flags.list('target').filter((name) => name !== ''),
      call: flags.flag('check') === true ? 'check' : flags.text('call'),
      buildArgs: flags.list('build-arg'),
      labels: flags.list('label'),
      platforms: flags.list('custom-platform').flatMap((text) => text.split(',')),
      destinations: flags.list('destination'),
      push: pushes(flags),
      noPush: refusesPush(flags, env),
      outputs: flags.list('output').filter((text) => text !== ''),
      annotations: flags.list('annotation'),
      credentials: impliedCredentials(env),
      secrets: parseSecretFlags(flags.list('secret'), { env, cwd }),
      extraHosts: flags.list('add-host'),
      gitTokens: [],
      signingKey: readSigningKey(flags.text('cache-signing-key'), { env, cwd }, 'named'),
    },
    { env, cwd, machine: ports.machine },
  );
}

/** As kaniko does, unless outputs say what is done with the image. */
function pushes(flags: FlagValues): boolean {
  return flags.flag('push') ?? flags.list('output').length === 0;
}

function refusesPush(flags: FlagValues, env: Environment): boolean {
  const fromEnv = env['KANIKO_NO_PUSH'] ?? '';
  return flags.flag('no-push') === true || (fromEnv !== '' && parseGoBool(fromEnv, 'KANIKO_NO_PUSH'));
}
