import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseConfigFile } from './config-file.ts';
import { type Environment } from './credential-store.ts';
import { readConfig, type PlacedConfig } from './read-config.ts';

/** Where kaniko's image keeps its config.json. */
const KANIKO_DIRECTORY = '/kaniko/.docker';
/** Names of a configuration in a directory: Docker's, and those of Kubernetes secrets. */
const NAMES = ['config.json', '.dockerconfigjson', '.dockercfg'];

/** Paths on this machine that tests put elsewhere. */
export interface ConfigDirectories {
  readonly kaniko?: string | undefined;
  /** podman's, for users without XDG_RUNTIME_DIR: a directory a user. */
  readonly runContainers?: string | undefined;
  readonly uid?: number | undefined;
}

/** The configuration in the variable DOCKER_AUTH_CONFIG. Throws USAGE for a broken one. */
export function readInlineConfig(env: Environment): PlacedConfig[] {
  const origin = 'DOCKER_AUTH_CONFIG';
  const text = env[origin]?.trim() ?? '';
  return text === '' ? [] : [{ origin, config: parseConfigFile(text, origin) }];
}

/**
 * The configuration files that exist, the strongest first: Docker's config.json (that of DOCKER_CONFIG, else the user's
 * and kaniko's), podman's auth.json (REGISTRY_AUTH_FILE, then its usual places). Throws USAGE for one that is broken,
 * FILESYSTEM for one that cannot be read.
 */
export function readConfigFiles(env: Environment, directories: ConfigDirectories = {}): PlacedConfig[] {
  return [...dockerConfigs(env, directories), ...podmanConfigs(env, directories)];
}

function dockerConfigs(env: Environment, { kaniko = KANIKO_DIRECTORY }: ConfigDirectories): PlacedConfig[] {
  const named = env['DOCKER_CONFIG'];
  if (named) return inDirectory(named, { mayBeFile: true });
  return [...inDirectory(join(homeOf(env), '.docker')), ...inDirectory(kaniko, { mayBeClosed: true })];
}

function inDirectory(
  path: string,
  allowed: { readonly mayBeFile?: boolean; readonly mayBeClosed?: boolean } = {},
): PlacedConfig[] {
  const paths = [...NAMES.map((name) => join(path, name)), ...(allowed.mayBeFile === true ? [path] : [])];
  for (const candidate of paths) {
    const config = readConfig(candidate, allowed);
    if (config !== undefined) return [config];
  }
  return [];
}

function podmanConfigs(
  env: Environment,
  { runContainers = '/run/containers', uid = process.getuid?.() ?? 0 }: ConfigDirectories,
): PlacedConfig[] {
  const runtime = env['XDG_RUNTIME_DIR'];
  const settings = env['XDG_CONFIG_HOME'] || join(homeOf(env), '.config');
  const usual = [
    ...(runtime ? [join(runtime, 'containers', 'auth.json')] : []),
    join(runContainers, String(uid), 'auth.json'),
    join(settings, 'containers', 'auth.json'),
  ];
  const named = env['REGISTRY_AUTH_FILE'];
  const configs = [
    named ? readConfig(named) : undefined,
    ...usual.map((path) => readConfig(path, { mayBeClosed: true })),
  ];
  return configs.filter((config) => config !== undefined);
}

/** The user's home directory; that of the account where HOME is not set. */
export function homeOf(env: Environment): string {
  return env['HOME'] || homedir();
}
