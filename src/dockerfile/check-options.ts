import { quote } from './characters.ts';
import { type CheckOptions } from './instruction.ts';
import { parseBoolean } from './numbers.ts';
import { syntaxError } from './source-location.ts';

/**
 * The value of `# check=`: `skip=Rule,Rule` or `skip=all`, and `error=true`, separated by `;`.
 * `experimental=` is accepted and has no effect: none of our rules is experimental.
 * Throws DOCKERFILE_SYNTAX for anything else.
 */
export function parseCheckOptions(value: string): CheckOptions {
  let skip: ReadonlySet<string> | 'all' = new Set<string>();
  let error = false;
  for (const part of value.split(';')) {
    const at = part.indexOf('=');
    const name = at < 0 ? undefined : part.slice(0, at).trim();
    const argument = part.slice(at + 1).trim();
    if (name === 'skip') skip = argument === 'all' ? 'all' : new Set(splitRules(argument));
    else if (name === 'error') error = parseError(part, argument);
    else if (name !== 'experimental') {
      throw syntaxError(
        `invalid check option ${quote(part.trim())}`,
        'write it as check=skip=RuleA,RuleB;error=true',
      );
    }
  }
  return { skip, error };
}

function splitRules(argument: string): string[] {
  return argument.split(',').map((rule) => rule.trim());
}

function parseError(part: string, argument: string): boolean {
  const parsed = parseBoolean(argument);
  if (parsed === undefined) throw syntaxError(`failed to parse check option ${quote(part.trim())}`);
  return parsed;
}
