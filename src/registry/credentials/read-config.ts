import { readFileSync } from 'node:fs';
import { toBuildError } from '../../errors/index.ts';
import { parseConfigFile, type ConfigFile } from './config-file.ts';

export interface PlacedConfig {
  /** The path, or the variable it stands in. */
  readonly origin: string;
  readonly config: ConfigFile;
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);
const CLOSED = new Set(['EACCES', 'EPERM']);

/**
 * The configuration in a file; undefined where there is none, or it is empty. Throws USAGE for a broken one, FILESYSTEM
 * for one that cannot be read, unless it lies where others' files may lie.
 */
export function readConfig(
  path: string,
  { mayBeClosed = false }: { readonly mayBeClosed?: boolean } = {},
): PlacedConfig | undefined {
  let json: string;
  try {
    json = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (ABSENT.has(code) || (mayBeClosed && CLOSED.has(code))) return undefined;
    throw toBuildError(error);
  }
  return json.trim() === '' ? undefined : { origin: path, config: parseConfigFile(json, path) };
}
