import { BuildError } from '../errors/index.ts';
import { isDigest, type Digest } from '../oci/index.ts';
import {
  MAX_REPOSITORY_LENGTH,
  MAX_TAG_LENGTH,
  isImageId,
  isRegistry,
  isRepository,
  isTag,
} from './grammar.ts';
import { type Reference } from './reference.ts';
import { splitRegistry } from './split-registry.ts';

/** No valid reference is longer; host (255), path, tag, digest and their separators. */
const MAX_LENGTH = 1024;

/**
 * Reads an image's name as Docker does: `nginx` is docker.io/library/nginx, `localhost/a` and `host:5000/a` name a
 * registry. No tag is added. Throws REFERENCE.
 */
export function parseReference(text: string): Reference {
  if (text.length > MAX_LENGTH) throw invalid(`${text.slice(0, 60)}…`, 'it is too long');
  if (text === '') throw invalid(text, 'it is empty');
  if (isImageId(text)) throw invalid(text, 'it is 64 hexadecimal digits, which is an image ID and no name');
  const { name, digest } = cutDigest(text);
  const { registry, rest } = splitRegistry(name);
  const { repository, tag } = cutTag(rest);
  checkRegistry(registry, text);
  checkRepository(repository, text);
  checkTag(tag, text);
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function cutDigest(text: string): { readonly name: string; readonly digest: Digest | undefined } {
  const at = text.indexOf('@');
  if (at === -1) return { name: text, digest: undefined };
  const digest = text.slice(at + 1);
  if (!isDigest(digest))
    throw invalid(
      text,
      'its digest is malformed',
      'a digest is sha256: and 64 lower-case hexadecimal digits',
    );
  return { name: text.slice(0, at), digest };
}

function cutTag(rest: string): { readonly repository: string; readonly tag: string | undefined } {
  const colon = rest.indexOf(':');
  if (colon === -1) return { repository: rest, tag: undefined };
  return { repository: rest.slice(0, colon), tag: rest.slice(colon + 1) };
}

function checkRegistry(registry: string, text: string): void {
  if (isRegistry(registry)) return;
  const hint = /^[a-z]+:$/.test(registry) ? 'write the name without https://' : undefined;
  throw invalid(text, `${JSON.stringify(registry)} is no registry host`, hint);
}

function checkRepository(repository: string, text: string): void {
  if (repository.toLowerCase() !== repository)
    throw invalid(
      text,
      'the repository name must be lowercase',
      `write it as ${suggestLower(text, repository)}`,
    );
  if (!isRepository(repository))
    throw invalid(
      text,
      `${JSON.stringify(repository)} is no repository name`,
      'its parts are lower-case letters and digits, joined by single ".", "_", "__" or "-"',
    );
  if (repository.length > MAX_REPOSITORY_LENGTH)
    throw invalid(text, `the repository name has more than ${MAX_REPOSITORY_LENGTH} characters`);
}

function checkTag(tag: string | undefined, text: string): void {
  if (tag === undefined || isTag(tag)) return;
  if (tag.length > MAX_TAG_LENGTH) throw invalid(text, `the tag has more than ${MAX_TAG_LENGTH} characters`);
  const hint = 'a tag starts with a letter, digit or "_", followed by letters, digits, "_", "." and "-"';
  throw invalid(text, `${JSON.stringify(tag)} is no tag`, hint);
}

function suggestLower(text: string, repository: string): string {
  const written = text.includes(repository) ? repository : repository.slice(repository.indexOf('/') + 1);
  return text.replace(written, written.toLowerCase());
}

function invalid(text: string, why: string, hint?: string): BuildError {
  return new BuildError('REFERENCE', `invalid image reference ${JSON.stringify(text)}: ${why}`, { hint });
}
