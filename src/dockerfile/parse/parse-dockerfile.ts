import { withLocation } from '../../errors/index.ts';
import { readDirectives } from '../directives.ts';
import { type CheckOptions, type Dockerfile, type Instruction } from '../instruction.ts';
import { splitLines, tooLongLine } from '../lines.ts';
import { admitWarnings } from '../lint/admit.ts';
import { lint } from '../lint/lint.ts';
import { locationIn, syntaxError } from '../source-location.ts';
import { readStatements, type Locate } from '../statement.ts';
import { collectStages } from './collect-stages.ts';
import { parseInstruction } from './parse-instruction.ts';

export interface ParseOptions {
  /** The file's name for messages. */
  readonly file: string;
  /** Options of the checks that stand in for the file's own `# check=`. */
  readonly check?: CheckOptions | undefined;
}

/**
 * A Dockerfile's text as stages of typed instructions, variables not yet replaced. Throws
 * DOCKERFILE_SYNTAX or DOCKERFILE_SEMANTICS with file, line, column and excerpt.
 */
export function parseDockerfile(text: string, options: ParseOptions): Dockerfile {
  const { file } = options;
  const lines = splitLines(text);
  const locate: Locate = (range) => locationIn(text, file, range);
  const located = <T>(range: Parameters<Locate>[0], work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw withLocation(error, locate(range));
    }
  };
  const whole = lineRange(1, lines);
  if (text.trim() === '') throw withLocation(syntaxError('the Dockerfile cannot be empty'), locate(whole));
  const long = tooLongLine(lines);
  if (long !== undefined) throw withLocation(lineTooLong(), locate(lineRange(long, lines)));
  const { escape, syntax, ...directives } = readDirectives(lines, (line, work) =>
    located(lineRange(line, lines), work),
  );
  const statements = [...readStatements(lines, escape, locate, directives.lines)];
  const instructions = statements.map((statement) =>
    located(statement.range, () => parseInstruction(statement)),
  );
  const stages = collectStages(instructions, located);
  if (stages.stages.length === 0) {
    throw withLocation(noStages(instructions), locate(lineRange(Math.max(1, lines.length), lines)));
  }
  const check = options.check ?? directives.check;
  const warnings = admitWarnings(lint({ ...stages, statements }), { check, ...stages });
  return { file, text, escape, syntax, check, ...stages, warnings };
}

function lineRange(line: number, lines: readonly string[]): Instruction['range'] {
  const endColumn = (lines[line - 1] ?? '').trimEnd().length + 1;
  return { startLine: line, startColumn: 1, endLine: line, endColumn };
}

function lineTooLong(): Error {
  return syntaxError(
    'dockerfile line greater than max allowed size of 65535',
    'break it by a continuation, or keep the data in a file',
  );
}

function noStages(instructions: readonly Instruction[]): Error {
  return instructions.length === 0
    ? syntaxError('file with no instructions', 'a Dockerfile starts with FROM image')
    : syntaxError('dockerfile contains no stages to build', 'there has to be a FROM');
}
