import { formatReference, type Reference } from './reference.ts';
import { DEFAULT_REGISTRY, OFFICIAL_PREFIX } from './split-registry.ts';

const DEFAULT_TAG = 'latest';

/** The reference with tag `latest` where it names neither a tag nor a digest. */
export function withDefaultTag(reference: Reference): Reference {
  if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  return { ...reference, tag: DEFAULT_TAG };
}

/** The text people write: `nginx:1.2` for `docker.io/library/nginx:1.2`. */
export function familiarName(reference: Reference): string {
  const text = formatReference(reference);
  if (reference.registry !== DEFAULT_REGISTRY) return text;
  const path = text.slice(DEFAULT_REGISTRY.length + 1);
  const short = path.slice(OFFICIAL_PREFIX.length);
  return path.startsWith(OFFICIAL_PREFIX) && !reference.repository.slice(OFFICIAL_PREFIX.length).includes('/')
    ? short
    : path;
}
