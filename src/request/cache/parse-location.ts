import { resolve } from 'node:path';
import { formatReference, parseReference } from '../../reference/index.ts';
import { parseChoice } from '../choice.ts';
import { parseSize } from '../run/run-values.ts';
import { cacheAttributes, malformed } from './cache-record.ts';
import type { CacheLocation, CacheTarget } from './cache-options.ts';

/** The scope of a cache that names none. */
export const DEFAULT_SCOPE = 'default';

/** A value of `cache-from`; `cwd` is what relative directories start from. Throws USAGE and REFERENCE. */
export function parseCacheSource(text: string, cwd: string): CacheLocation {
  return locationOf(text, cacheAttributes(text), cwd, 'src');
}

/**
 * All that a value of `cache-from` is looked for in: as with buildx a reference may name an image that carries its cache
 * itself. Throws USAGE and REFERENCE.
 */
export function parseCacheSources(text: string, cwd: string): readonly CacheLocation[] {
  const location = parseCacheSource(text, cwd);
  if (location.type !== 'registry') return [location];
  return [location, { type: 'inline', reference: cacheAttributes(text).get('ref') }];
}

/** A value of `cache-to`. Throws USAGE and REFERENCE. */
export function parseCacheTarget(text: string, cwd: string): CacheTarget {
  const attributes = cacheAttributes(text);
  const location = locationOf(text, attributes, cwd, 'dest');
  const fallback = location.type === 'inline' ? 'min' : 'max';
  const written = isArchive(attributes) ? 'max' : attributes.get('mode');
  const mode = parseChoice(written || fallback, ['min', 'max'] as const, 'mode of a cache');
  return { location, mode };
}

/** kaniko's `cache-repo`: a repository, or a directory behind `oci:`. Throws REFERENCE. */
export function parseCacheRepository(text: string, cwd: string): CacheLocation {
  if (text.startsWith('oci:')) return { type: 'local', directory: resolve(cwd, text.slice(4)) };
  return registryLocation(text, DEFAULT_SCOPE);
}

function locationOf(
  text: string,
  attributes: ReadonlyMap<string, string>,
  cwd: string,
  directoryKey: 'src' | 'dest',
): CacheLocation {
  const type = attributes.get('type') ?? '';
  switch (type) {
    case 'registry': {
      const ref = attributes.get('ref') ?? '';
      if (ref === '') throw malformed(text, 'ref is missing');
      return registryLocation(ref, attributes.get('scope') || undefined);
    }
    case 'local': {
      const directory = attributes.get(directoryKey) || attributes.get('dest') || attributes.get('src') || '';
      if (directory === '') throw malformed(text, `${directoryKey} is missing`);
      const size = attributes.get('max-size') || undefined;
      const maxBytes = size === undefined ? undefined : parseSize(size, 'max-size of a cache');
      return { type, directory: resolve(cwd, directory), maxBytes };
    }
    case 'inline':
      return inlineLocation(attributes.get('ref'));
    case 'gha':
      return {
        type,
        scope: attributes.get('scope') || DEFAULT_SCOPE,
        attributes: githubAttributes(attributes),
      };
    default:
      throw malformed(text, `there is no type ${JSON.stringify(type)}`);
  }
}

/** How the service is reached, the same for reading and writing: only then it is opened once. */
function githubAttributes(attributes: ReadonlyMap<string, string>): Record<string, string> {
  const access = ['url_v2', 'token'].flatMap((name) => {
    const value = attributes.get(name) || undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(access), ...(isArchive(attributes) && { mode: 'archive' }) };
}

/** All layers as one archive, in the way of @actions/cache. */
function isArchive(attributes: ReadonlyMap<string, string>): boolean {
  return attributes.get('type') === 'gha' && attributes.get('mode') === 'archive';
}

function inlineLocation(reference: string | undefined): CacheLocation {
  if (reference) parseReference(reference);
  return { type: 'inline', reference: reference || undefined };
}

/** The tag of a reference is the scope, where none is given. */
function registryLocation(text: string, scope: string | undefined): CacheLocation {
  const { tag, digest: _digest, ...repository } = parseReference(text);
  return { type: 'registry', repository: formatReference(repository), scope: scope ?? tag ?? DEFAULT_SCOPE };
}
