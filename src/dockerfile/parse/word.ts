import { parseFlags } from '../flags.ts';
import { type WordInstruction } from '../instruction.ts';
import { type Statement } from '../statement.ts';
import { baseOf, needsExactlyOneArgument } from './base.ts';

/**
 * The parser of an instruction whose one argument is the rest of the line, blanks included: WORKDIR,
 * USER, STOPSIGNAL, MAINTAINER. It throws DOCKERFILE_SYNTAX where there is none.
 */
export function wordParser(kind: WordInstruction['kind']): (statement: Statement) => WordInstruction {
  return (statement) => {
    if (statement.rest === '') throw needsExactlyOneArgument(kind.toUpperCase());
    parseFlags(statement.flags, {});
    return { ...baseOf(statement), kind, value: statement.rest };
  };
}
