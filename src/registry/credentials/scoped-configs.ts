import { join, resolve, sep } from 'node:path';
import { DEFAULT_REGISTRY } from '../../reference/index.ts';
import { homeOf } from './config-places.ts';
import { type CredentialQuestion, type Environment } from './credential-store.ts';
import { readConfig, type PlacedConfig } from './read-config.ts';
import { registryKey } from './registry-key.ts';

const HUB_DIRECTORY = 'registry-1.docker.io';

/**
 * The configurations docker/login-action writes for a `scope`, the most special first: a directory for the registry, in
 * it one for each part of the repository's name, and beside each those whose name says what they are for (`app@push`).
 * Throws as readConfig does.
 */
export function readScopedConfigs(question: CredentialQuestion, env: Environment): PlacedConfig[] {
  const root = resolve(configRoot(env), 'config');
  const registry = registryKey(question.registry);
  const parts = [registry === DEFAULT_REGISTRY ? HUB_DIRECTORY : registry, ...question.repository.split('/')];
  const directories = parts.map((_, index) => join(root, ...parts.slice(0, parts.length - index)));
  return directories
    .filter((directory) => directory.startsWith(root + sep))
    .flatMap((directory) => [...purposes(question).map((purpose) => `${directory}@${purpose}`), directory])
    .flatMap((directory) => readConfig(join(directory, 'config.json')) ?? []);
}

/** buildx's directory. */
function configRoot(env: Environment): string {
  return env['BUILDX_CONFIG'] || join(env['DOCKER_CONFIG'] || join(homeOf(env), '.docker'), 'buildx');
}

function purposes({ access }: CredentialQuestion): string[] {
  return access === 'push' ? ['push', 'pull,push', 'push,pull'] : ['pull', 'pull,push', 'push,pull'];
}
