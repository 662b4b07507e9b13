import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { toBuildError } from '../../errors/index.ts';
import { parseConfigFile, type ConfigFile } from './config-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface PlacedConfig {
  readonly origin: string;
  readonly config: ConfigFile;
}

/**
 * The configurations that exist, the strongest first: the text in DOCKER_AUTH_CONFIG, Docker's config.json, podman's
 * auth.json. Throws USAGE for one that is broken, FILESYSTEM for one that cannot be read.
 */
export function readConfigs(env: Environment): PlacedConfig[] {
  const text = env['DOCKER_AUTH_CONFIG']?.trim() ?? '';
  const inline = text === '' ? [] : [placed('DOCKER_AUTH_CONFIG', text)];
  const files = [dockerFile(env), podmanFile(env)].flatMap((path) => {
    const json = path === undefined ? undefined : readIfThere(path);
    return path === undefined || json === undefined ? [] : [placed(path, json)];
  });
  return [...inline, ...files];
}

function placed(origin: string, json: string): PlacedConfig {
  return { origin, config: parseConfigFile(json, origin) };
}

function dockerFile(env: Environment): string {
  const directory = env['DOCKER_CONFIG'];
  return directory
    ? join(directory, 'config.json')
    : join(env['HOME'] || homedir(), '.docker', 'config.json');
}

function podmanFile(env: Environment): string | undefined {
  if (env['REGISTRY_AUTH_FILE']) return env['REGISTRY_AUTH_FILE'];
  const runtime = env['XDG_RUNTIME_DIR'];
  return runtime ? join(runtime, 'containers', 'auth.json') : undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    const json = readFileSync(path, 'utf8');
    return json.trim() === '' ? undefined : json;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw toBuildError(error);
  }
}
