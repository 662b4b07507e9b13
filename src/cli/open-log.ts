import {
  VERBOSITIES,
  atVerbosity,
  jsonError,
  jsonReporter,
  neutraliseCommands,
  plainReporter,
  renderError,
  ttyReporter,
  type Reporter,
  type Verbosity,
} from '../report/index.ts';
import { parseChoice, type BuildResult, type Environment } from '../request/index.ts';
import { type FlagValues } from './flag-values.ts';
import { type CliPorts, type Sink } from './ports.ts';
import { resultLines } from './result-lines.ts';

const FORMATS = ['text', 'color', 'json'] as const;

/** How the command line talks. */
export interface Log {
  readonly reporter: Reporter;
  failed(error: unknown): void;
  /** Tells of an image; people read that on `to`. */
  finished(result: BuildResult, to: Sink): void;
}

/** The log as the flags want it. Throws USAGE for a level or format that does not exist. */
export function openLog(flags: FlagValues, env: Environment, ports: CliPorts): Log {
  const format = parseChoice(flags.text('log-format') ?? 'color', FORMATS, '--log-format');
  const verbosity = verbosityOf(flags.text('verbosity'));
  if (format === 'json') return jsonLog(verbosity, ports);
  const prefix = flags.flag('log-timestamp') === true ? (): string => `${ports.time()} ` : undefined;
  const drawn = format === 'color' && ports.stderr.isTTY === true && !isDumb(env);
  return textLog(drawn ? onTerminal(ports, prefix) : inLines(ports, prefix), verbosity, ports);
}

/** Where errors go before the flags are known. */
export function bareLog(ports: CliPorts): Pick<Log, 'failed'> {
  return { failed: (error) => void ports.stderr.write(`${renderError(error)}\n`) };
}

function textLog(reporter: Reporter, verbosity: Verbosity, ports: CliPorts): Log {
  return {
    ...bareLog(ports),
    reporter: atVerbosity(reporter, verbosity),
    finished(result, to) {
      if (!hears(verbosity, 'info')) return;
      for (const line of resultLines(result)) to.write(`${line}\n`);
    },
  };
}

function jsonLog(verbosity: Verbosity, ports: CliPorts): Log {
  const write = lineWriter(ports);
  return {
    reporter: atVerbosity(jsonReporter({ write, time: ports.time }), verbosity),
    failed: (error) => write(jsonError(error, ports.time())),
    finished(result) {
      if (!hears(verbosity, 'info')) return;
      write(
        JSON.stringify({ level: 'info', time: ports.time(), event: 'result', msg: result.digest, ...result }),
      );
    },
  };
}

function onTerminal({ stderr, now }: CliPorts, prefix: (() => string) | undefined): Reporter {
  return ttyReporter({
    write: (text) => void stderr.write(text),
    now,
    columns: () => stderr.columns ?? 80,
    prefix,
  });
}

function inLines(ports: CliPorts, prefix: (() => string) | undefined): Reporter {
  return plainReporter({ write: lineWriter(ports), now: ports.now, prefix });
}

/** Lines that end in a file or a CI system's log: none may be a command to the GitHub runner. */
function lineWriter({ stderr }: CliPorts): (line: string) => void {
  return (line) => void stderr.write(`${neutraliseCommands(line)}\n`);
}

function verbosityOf(text: string | undefined): Verbosity {
  const level = (text ?? 'info').toLowerCase();
  return level === 'warning' ? 'warn' : parseChoice(level, VERBOSITIES, '--verbosity');
}

function hears(verbosity: Verbosity, needed: Verbosity): boolean {
  return VERBOSITIES.indexOf(verbosity) >= VERBOSITIES.indexOf(needed);
}

/** A terminal that cannot redraw, or one a CI system pretends to have. https://no-color.org */
function isDumb(env: Environment): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  return env['TERM'] === 'dumb' || isSet('NO_COLOR') || (isSet('CI') && env['CI'] !== 'false');
}
