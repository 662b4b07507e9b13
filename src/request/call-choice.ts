import { BuildError } from '../errors/index.ts';
import { parseChoice } from './choice.ts';
import { parseGoBool } from './go-bool.ts';

/** A question about a build in place of the build: buildx's `--call`. */
export interface CallChoice {
  readonly method: 'check' | 'outline' | 'targets';
  readonly format: 'text' | 'json';
  /** The exit status is 0 whatever the answer. */
  readonly ignoreStatus: boolean;
}

const METHODS = ['build', 'check', 'lint', 'outline', 'targets'] as const;
const FORMATS = ['text', 'json'] as const;

/**
 * Reads `method[,format=json][,ignorestatus=true]`, as buildx does; undefined where it is a build that is asked for.
 * Throws USAGE for what is none of these.
 */
export function parseCall(text: string | undefined): CallChoice | undefined {
  const [name = '', ...options] = (text ?? 'build').split(',').map((part) => part.trim());
  const method = parseChoice(name === '' ? 'build' : name, METHODS, 'call');
  let format: CallChoice['format'] = 'text';
  let ignoreStatus = false;
  for (const option of options) {
    const [key = '', value = ''] = option.split('=', 2);
    if (key === 'format') format = parseChoice(value, FORMATS, 'format of call');
    else if (key === 'ignorestatus') ignoreStatus = parseGoBool(value, 'ignorestatus of call');
    else throw unknownOption(option);
  }
  if (method === 'build') return undefined;
  return { method: method === 'lint' ? 'check' : method, format, ignoreStatus };
}

function unknownOption(option: string): BuildError {
  return new BuildError('USAGE', `invalid option ${JSON.stringify(option)} for call`, {
    hint: 'write it as check, outline or targets, with ,format=json or ,ignorestatus=true after it',
  });
}
