import { withLocation, type SourceLocation } from '../../errors/index.ts';
import { type Escape } from '../directives.ts';
import { type SourceRange, type StageInstruction } from '../instruction.ts';
import { splitLines } from '../lines.ts';
import { syntaxError } from '../source-location.ts';
import { readStatements } from '../statement.ts';
import { refuseTrigger } from './onbuild.ts';
import { parseInstruction } from './parse-instruction.ts';

export interface TriggerOptions {
  readonly escape: Escape;
  /** Where errors are said to be: the ONBUILD, or the FROM whose image brought the trigger. */
  readonly location: SourceLocation;
}

/**
 * The instruction of an ONBUILD trigger; its range is the location's. Throws DOCKERFILE_SYNTAX, located,
 * for a trigger that is no single instruction, or one that cannot be a trigger.
 */
export function parseTrigger(trigger: string, options: TriggerOptions): StageInstruction {
  const { escape, location } = options;
  try {
    const [statement, ...more] = readStatements(splitLines(trigger), escape, () => location);
    if (statement === undefined || more.length > 0) {
      throw syntaxError('onbuild trigger should be a single expression');
    }
    refuseTrigger(statement.keyword);
    const instruction = parseInstruction({ ...statement, range: rangeOf(location) });
    if (instruction.kind === 'from') throw syntaxError("FROM isn't allowed as an ONBUILD trigger");
    return instruction;
  } catch (error) {
    throw withLocation(error, location);
  }
}

function rangeOf(location: SourceLocation): SourceRange {
  const { line, column, endLine } = location;
  return { startLine: line, startColumn: column, endLine, endColumn: column };
}
