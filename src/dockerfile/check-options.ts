import { quote } from './characters.ts';
import { type CheckOptions } from './instruction.ts';
import { parseBoolean } from './numbers.ts';
import { syntaxError } from './source-location.ts';

/**
 * The value of `# check=`: `skip=Rule,Rule` or `skip=all`, the same for `experimental`, and `error=true`,
 * separated by `;`. An empty value asks for nothing. Throws DOCKERFILE_SYNTAX for anything else.
 */
export function parseCheckOptions(value: string): CheckOptions {
  let skip: CheckOptions['skip'] = new Set();
  let experimental: CheckOptions['experimental'] = new Set();
  let error = false;
  const parts = value.trim() === '' ? [] : value.split(';');
  for (const part of parts) {
    const at = part.indexOf('=');
    const name = at < 0 ? undefined : part.slice(0, at).trim();
    const argument = part.slice(at + 1).trim();
    if (name === 'skip') skip = rulesOf(argument);
    else if (name === 'experimental') experimental = rulesOf(argument);
    else if (name === 'error') error = parseError(part, argument);
    else {
      throw syntaxError(
        `invalid check option ${quote(part.trim())}`,
        'write it as check=skip=RuleA,RuleB;error=true',
      );
    }
  }
  return { skip, experimental, error };
}

function rulesOf(argument: string): CheckOptions['skip'] {
  return argument === 'all' ? 'all' : new Set(argument.split(',').map((rule) => rule.trim()));
}

function parseError(part: string, argument: string): boolean {
  const parsed = parseBoolean(argument);
  if (parsed === undefined) throw syntaxError(`failed to parse check option ${quote(part.trim())}`);
  return parsed;
}
