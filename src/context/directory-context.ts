import { realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type BytePath, fromText } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { RootView } from '../rootfs/index.ts';
import { ContextView } from './context-view.ts';
import { parseIgnoreFile } from './ignore-file.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { readInside, readTextFile } from './read-text-file.ts';
import type { Sightings } from './sightings.ts';

/** What COPY and ADD without `--from` read from. */
export interface BuildContext {
  /** The context directory on disk, links resolved. */
  readonly root: BytePath;
  /** The files of the context; ignored ones do not exist in it. */
  readonly view: RootView;
  /** The same files; how all that is looked at is just then is taken down. */
  watched(sightings: Sightings): RootView;
  /** The ignore file in force, as a path for people; undefined where there is none. */
  readonly ignoreFile: string | undefined;
  /** The ignore rules; undefined where there are none. */
  readonly rules?: Matcher | undefined;
  /** Whether the ignore rules hide this path (absolute within the context). */
  isIgnored(path: BytePath): boolean;
}

interface IgnoreText {
  readonly name: string;
  readonly text: string;
}

/**
 * A directory as a build context. `<Dockerfile>.dockerignore` beside the Dockerfile replaces the context's own
 * `.dockerignore`. Throws CONTEXT where the directory is none or an ignore file is malformed or leads out of the context.
 */
export function openDirectoryContext(
  directory: string,
  options: { readonly dockerfilePath: string },
): BuildContext {
  const root = resolveDirectory(directory);
  return contextOf(root, findIgnoreFile(root, options.dockerfilePath));
}

/** A directory as a named context: only its own `.dockerignore` counts. Throws as openDirectoryContext does. */
export function openNamedContext(directory: string): BuildContext {
  const root = resolveDirectory(directory);
  return contextOf(root, ownIgnoreFile(root));
}

/** A directory of this machine as a tree that belongs to root, nothing of it ignored. */
export function openPlainTree(directory: string): RootView {
  return new ContextView(fromText(resolveDirectory(directory)), createMatcher([]));
}

function contextOf(root: string, ignore: IgnoreText | undefined): BuildContext {
  const matcher = createMatcher(ignore === undefined ? [] : parseIgnoreFile(ignore.text), ignore?.name ?? '');
  const view = new ContextView(fromText(root), matcher);
  return {
    root: fromText(root),
    view,
    watched: (sightings) => view.watched(sightings),
    ignoreFile: ignore?.name,
    rules: ignore === undefined ? undefined : matcher,
    isIgnored: (path) => view.isIgnored(path),
  };
}

function resolveDirectory(directory: string): string {
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) {
    throw new BuildError('CONTEXT', `the build context ${JSON.stringify(directory)} is not a directory`, {
      hint: 'check out the repository before this step, or point the context at an existing directory',
    });
  }
  return realpathSync(directory);
}

function findIgnoreFile(root: string, dockerfile: string): IgnoreText | undefined {
  const own = `${basename(dockerfile)}.dockerignore`;
  const besides = readTextFile(`${dirname(dockerfile)}/${own}`);
  if (besides !== undefined) return { name: own, text: besides };
  return ownIgnoreFile(root);
}

function ownIgnoreFile(root: string): IgnoreText | undefined {
  const text = readInside(root, '.dockerignore');
  return text === undefined ? undefined : { name: '.dockerignore', text };
}
