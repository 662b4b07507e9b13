import { BuildError } from '../../errors/index.ts';
import { parseGoBool } from '../go-bool.ts';

/** kaniko's `--git`: how the repository of the build context is fetched. */
export interface GitOptions {
  /** What to take where the context names no ref. */
  readonly branch?: string | undefined;
  /** Commits of history that are fetched; 0 for all. */
  readonly depth?: number | undefined;
  readonly submodules?: boolean | undefined;
  readonly skipTlsVerify?: boolean | undefined;
}

const EXAMPLE = 'write branch=main,depth=1,recurse-submodules=true,insecure-skip-tls=false';

/** The options of `--git key=value,key=value`; those not named are left to the context. Throws USAGE. */
export function parseGitOptions(text: string): GitOptions {
  let options: GitOptions = {};
  for (const field of text.split(',').map((part) => part.trim())) {
    if (field === '') continue;
    const equals = field.indexOf('=');
    const key = equals < 0 ? field : field.slice(0, equals);
    options = { ...options, ...optionOf(key, equals < 0 ? 'true' : field.slice(equals + 1)) };
  }
  return options;
}

function optionOf(key: string, value: string): GitOptions {
  switch (key) {
    case 'branch':
      return value === '' ? {} : { branch: value };
    case 'depth':
      return { depth: depthOf(value) };
    case 'recurse-submodules':
      return { submodules: parseGoBool(value, key) };
    case 'insecure-skip-tls':
      return { skipTlsVerify: parseGoBool(value, key) };
    case 'single-branch':
      // Never more than one ref is fetched.
      parseGoBool(value, key);
      return {};
    default:
      throw new BuildError('USAGE', `unknown git option ${JSON.stringify(key)}`, { hint: EXAMPLE });
  }
}

function depthOf(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new BuildError('USAGE', `git option depth=${value} is no number`, { hint: EXAMPLE });
}
