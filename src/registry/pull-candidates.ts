import { BuildError } from '../errors/index.ts';
import { DEFAULT_REGISTRY, isRegistry, isRepository, type Reference } from '../reference/index.ts';
import { type RegistryOptions } from '../request/index.ts';
import { registryKey } from './credentials/registry-key.ts';

/**
 * Where an image may be pulled from, in kaniko's order: what the registry map says of its registry, the mirrors (of
 * docker.io only), itself, unless others were given and are to be all there is. Throws USAGE for a mirror that is no
 * `host[:port][/path]`.
 */
export function pullCandidates(reference: Reference, options: RegistryOptions): Reference[] {
  const mapped = Object.entries(options.registryMap)
    .filter(([original]) => registryKey(original) === registryKey(reference.registry))
    .flatMap(([, replacements]) => replacements);
  const mirrors = reference.registry === DEFAULT_REGISTRY ? options.mirrors : [];
  const others = [...mapped, ...mirrors].map((place) => relocate(reference, place));
  const isSelf = (other: Reference): boolean =>
    other.registry === reference.registry && other.repository === reference.repository;
  const elsewhere = others.filter((other) => !isSelf(other));
  const alone = options.skipDefaultFallback && elsewhere.length > 0 && elsewhere.length === others.length;
  return alone ? elsewhere : [...elsewhere, reference];
}

function relocate(reference: Reference, place: string): Reference {
  const [host = '', ...path] = place
    .replace(/^https:\/\//i, '')
    .replace(/\/+$/, '')
    .split('/');
  const registry = registryKey(host) === DEFAULT_REGISTRY ? DEFAULT_REGISTRY : host;
  const repository = [...path, reference.repository].join('/');
  if (isRegistry(registry) && isRepository(repository)) return { ...reference, registry, repository };
  throw new BuildError('USAGE', `${JSON.stringify(place)} is no mirror`, {
    hint: 'write it as host[:port][/path]; list it as an insecure registry too where it speaks plain HTTP',
  });
}
