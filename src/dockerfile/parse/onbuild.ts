import { parseFlags } from '../flags.ts';
import { heredocText } from '../heredoc.ts';
import { type OnbuildInstruction } from '../instruction.ts';
import { syntaxError } from '../source-location.ts';
import { splitLine, type Statement } from '../statement.ts';
import { baseOf, needsOneArgument } from './base.ts';

/** `ONBUILD instruction`: the trigger as text, heredocs included. Throws DOCKERFILE_SYNTAX. */
export function parseOnbuild(statement: Statement): OnbuildInstruction {
  if (statement.rest === '') throw needsOneArgument('ONBUILD');
  parseFlags(statement.flags, {});
  refuseTrigger(splitLine(statement.rest, statement.escape).keyword);
  const trigger = statement.rest + statement.heredocs.map(heredocText).join('');
  return { ...baseOf(statement), kind: 'onbuild', trigger };
}

/** Throws DOCKERFILE_SYNTAX for the instructions that cannot be triggers: ONBUILD, FROM, MAINTAINER. */
export function refuseTrigger(keyword: string): void {
  const name = keyword.toUpperCase();
  if (name === 'ONBUILD') {
    throw syntaxError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  if (name === 'FROM' || name === 'MAINTAINER') {
    throw syntaxError(`${name} isn't allowed as an ONBUILD trigger`);
  }
}
