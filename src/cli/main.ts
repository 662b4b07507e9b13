import { BuildError } from '../errors/index.ts';
import { exitCode } from '../report/index.ts';
import { type Environment } from '../request/index.ts';
import { buildCommand } from './build-command.ts';
import { cacheTaskCommand, explainCommand } from './cache-command.ts';
import { helpText } from './help.ts';
import { nearest } from './nearest.ts';
import { bareLog } from './open-log.ts';
import { publishCommand } from './publish-command.ts';
import { parseFlags, type CommandLine } from './parse-flags.ts';
import { type CliPorts } from './ports.ts';
import { warmerCommand } from './warmer-command.ts';
import { tellAnswer } from './tell-answer.ts';
import { refuseForeignFlags } from './treat-flags.ts';

type Command = (line: CommandLine, env: Environment, ports: CliPorts) => number | Promise<number>;

const PUBLISH_COMMANDS = ['push', 'merge', 'validate'] as const;

const CACHE_TASKS = ['ls', 'verify', 'prune'] as const;

const COMMANDS = new Map<string, Command>([
  ['build', ({ flags }, env, ports) => buildCommand(flags, env, ports)],
  ['doctor', doctor],
  ...PUBLISH_COMMANDS.map((name): [string, Command] => [
    name,
    ({ flags, words }, env, ports) => publishCommand(name, words.slice(1), flags, env, ports),
  ]),
  ...CACHE_TASKS.map((kind): [string, Command] => [
    `cache ${kind}`,
    (line, env, ports) => cacheTaskCommand(kind, line, env, ports),
  ]),
  ['cache explain', explainCommand],
  ['warmer', warmerCommand],
  ['version', (_line, _env, ports) => answer(ports, `ts-kaniko ${ports.version()}\n`)],
  ['help', (_line, _env, ports) => answer(ports, helpText())],
]);

/** Commands of kaniko's executor that are not done here. */
const REFUSED_COMMANDS: readonly string[] = ['login'];

/** Does what the arguments (without node and script) ask for and returns the exit status. Never throws. */
export async function main(argv: readonly string[], env: Environment, ports: CliPorts): Promise<number> {
  try {
    const line = parseFlags(argv);
    return await commandOf(line)(line, env, ports);
  } catch (error) {
    bareLog(ports).failed(error);
    return exitCode(error);
  }
}

function commandOf(line: CommandLine): Command {
  const { switches, flags } = line;
  const [name, extra] = nameOf(line);
  const command = COMMANDS.get(name);
  if (command === undefined) throw unknownCommand(name);
  const takesWords = PUBLISH_COMMANDS.some((one) => one === name);
  if (extra !== undefined && !takesWords) throw unexpected(extra);
  if (switches.has('json') && !answersJson(name)) {
    throw new BuildError('USAGE', '--json belongs to doctor, cache and warmer', {
      hint: 'use --log-format json for builds',
    });
  }
  refuseForeignFlags(name, flags);
  return command;
}

/** The command, and the first word that does not belong to it. */
function nameOf({ words, switches }: CommandLine): readonly [string, string | undefined] {
  const [word = 'build', ...rest] = words;
  if (switches.has('help')) return ['help', undefined];
  if (switches.has('version')) return ['version', undefined];
  if (word !== 'cache') return [word, rest[0]];
  const [task] = rest;
  if (task !== undefined) return [`cache ${task}`, rest[1]];
  throw new BuildError('USAGE', 'cache needs to be told what to do', {
    hint: 'cache ls, cache verify, cache prune or cache explain',
  });
}

function unknownCommand(name: string): BuildError {
  if (REFUSED_COMMANDS.includes(name))
    return new BuildError('UNSUPPORTED', `the command ${name} is not supported`, {
      hint: 'credentials are read from DOCKER_CONFIG or DOCKER_AUTH_CONFIG; a build pushes its image itself',
    });
  const match = nearest(name, [...COMMANDS.keys()]);
  return new BuildError('USAGE', `unknown command: ${name}`, {
    hint:
      match === undefined
        ? 'give the context with --context, and values of on/off flags as --flag=false'
        : `did you mean ${match}?`,
  });
}

function answersJson(name: string): boolean {
  return ['doctor', 'warmer'].includes(name) || name.startsWith('cache ');
}

function unexpected(word: string): BuildError {
  return new BuildError('USAGE', `unexpected argument: ${word}`, {
    hint: 'values of on/off flags are written as --flag=false',
  });
}

async function doctor({ switches }: CommandLine, env: Environment, ports: CliPorts): Promise<number> {
  const { text, json } = await ports.runDoctor({ env });
  return tellAnswer({ text: withLineBreak(text), json, status: 0 }, switches, ports);
}

function answer(ports: CliPorts, text: string): number {
  ports.stdout.write(text);
  return 0;
}

function withLineBreak(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
