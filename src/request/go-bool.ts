import { BuildError } from '../errors/index.ts';

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Go's strconv.ParseBool, which kaniko's flags and BuildKit's variables are read with. Throws USAGE. */
export function parseGoBool(text: string, name: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new BuildError('USAGE', `invalid value ${JSON.stringify(text)} for ${name}: not a boolean`, {
    hint: 'write true or false (also 1, 0, t, f)',
  });
}

const CORE_TRUE: ReadonlySet<string> = new Set(['true', 'True', 'TRUE']);
const CORE_FALSE: ReadonlySet<string> = new Set(['false', 'False', 'FALSE']);

/**
 * A boolean of YAML 1.2's core schema, as GitHub actions take them. Empty means undefined (build-push-action throws
 * there, which only ever punished `push: ${{ inputs.unset }}`). Throws USAGE.
 */
export function parseActionBool(text: string, name: string): boolean | undefined {
  if (text === '') return undefined;
  if (CORE_TRUE.has(text)) return true;
  if (CORE_FALSE.has(text)) return false;
  throw new BuildError('USAGE', `invalid value ${JSON.stringify(text)} for input ${name}: not a boolean`, {
    hint: 'write true or false',
  });
}
