import { parseFlags } from '../flags.ts';
import { heredocText } from '../heredoc.ts';
import { type OnbuildInstruction } from '../instruction.ts';
import { syntaxError } from '../source-location.ts';
import { splitLine, type Statement } from '../statement.ts';
import { parseJsonForm } from '../json-form.ts';
import { baseOf, needsOneArgument } from './base.ts';
import { parseEnv, parseLabel } from './pairs.ts';

const JSON_KEYWORDS = new Set(['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME']);
const KEYWORD = /^\s*ONBUILD\s*/i;

/**
 * `ONBUILD instruction`: the trigger as text, heredocs included; what is wrong in it shows where it is used. Throws
 * DOCKERFILE_SYNTAX for none and for one that cannot be.
 */
export function parseOnbuild(statement: Statement): OnbuildInstruction {
  if (statement.rest === '') throw needsOneArgument('ONBUILD');
  parseFlags(statement.flags, {});
  const inner = splitLine(statement.rest, statement.escape);
  refuseTrigger(inner.keyword);
  checkWords(inner.keyword.toUpperCase(), { ...statement, ...inner });
  const trigger = statement.line.replace(KEYWORD, '') + statement.heredocs.map(heredocText).join('');
  return { ...baseOf(statement), kind: 'onbuild', trigger };
}

/** What BuildKit notices while it cuts a trigger into words: arrays of something else than strings, pairs without `=`. */
function checkWords(keyword: string, inner: Statement): void {
  if (inner.rest === '') return;
  if (JSON_KEYWORDS.has(keyword)) parseJsonForm(inner.rest);
  else if (keyword === 'ENV') parseEnv(inner);
  else if (keyword === 'LABEL') parseLabel(inner);
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
