import { trim } from '../characters.ts';
import { type Instruction } from '../instruction.ts';
import { type Statement } from '../statement.ts';
import { syntaxError } from '../source-location.ts';

/** What every instruction takes over from its statement. */
export type InstructionBase = Pick<Instruction, 'range' | 'original' | 'keyword' | 'flags' | 'comments'>;

/** The parts of an instruction that do not depend on its kind. */
export function baseOf(statement: Statement): InstructionBase {
  const { range, line, keyword, flags, comments = [] } = statement;
  return { range, original: trim(line), keyword, flags, ...(comments.length > 0 && { comments }) };
}

/** `NAME requires at least one argument`. */
export function needsOneArgument(name: string, hint?: string): Error {
  return syntaxError(`${name} requires at least one argument`, hint);
}

/** `NAME requires exactly one argument`. */
export function needsExactlyOneArgument(name: string, hint?: string): Error {
  return syntaxError(`${name} requires exactly one argument`, hint);
}

/** `NAME names can not be blank`. */
export function blankName(name: string): Error {
  return syntaxError(`${name} names can not be blank`, 'there has to be a name before the =');
}
