import { resolve } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import { parseReference } from '../../reference/index.ts';
import { contextKey } from './context-key.ts';
import type { ContextSpec, NamedSource } from './context-spec.ts';
import { parseContext } from './parse-context.ts';

/** `path[:tag][@digest]` of an image layout. */
const LAYOUT = /^(.*?)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/**
 * Named contexts `name=value`, the last of two with one name; `contextOf` reads values that are contexts. Throws USAGE
 * for malformed ones, UNSUPPORTED for kinds that cannot have a name, and what the grammars of contexts and references do.
 */
export function parseNamedSources(
  entries: readonly string[],
  cwd: string,
  contextOf: (text: string) => ContextSpec = (text) => parseContext(text, cwd),
): NamedSource[] {
  const sources = new Map<string, NamedSource>();
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    const [name, value] = equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
    if (name === '' || value === '')
      throw malformed(entry, 'write name=path, name=docker-image://reference or name=URL');
    const key = contextKey(name);
    if (key === undefined) throw malformed(entry, 'the name is written like that of an image or a stage');
    sources.set(key, { name: key, source: sourceOf(value, entry, cwd, contextOf) });
  }
  return [...sources.values()];
}

function sourceOf(
  value: string,
  entry: string,
  cwd: string,
  contextOf: (text: string) => ContextSpec,
): NamedSource['source'] {
  const [, scheme, rest = ''] = /^(docker-image|oci-layout|target|input):(?:\/\/)?(.*)$/s.exec(value) ?? [];
  if (scheme === undefined) return fileSource(contextOf(value), entry);
  if (scheme === 'docker-image') return imageSource(rest);
  if (scheme === 'oci-layout') return layoutSource(rest, entry, cwd);
  throw new BuildError('UNSUPPORTED', `named contexts from ${scheme}: are not supported`, {
    hint: 'they belong to bake files; build that target first and name its image',
  });
}

function fileSource(context: ContextSpec, entry: string): ContextSpec {
  if (context.kind !== 'stdin') return context;
  throw malformed(entry, 'only the build context itself can come from standard input');
}

function imageSource(reference: string): NamedSource['source'] {
  if (reference !== 'scratch') parseReference(reference);
  return { kind: 'image', reference };
}

function layoutSource(text: string, entry: string, cwd: string): NamedSource['source'] {
  const [, path = '', tag, digest] = LAYOUT.exec(text) ?? [];
  if (path === '') throw malformed(entry, 'write name=oci-layout://directory[:tag][@sha256:…]');
  return { kind: 'layout', path: resolve(cwd, path), tag, digest };
}

function malformed(entry: string, hint: string): BuildError {
  return new BuildError('USAGE', `invalid named context ${JSON.stringify(entry)}`, { hint });
}
