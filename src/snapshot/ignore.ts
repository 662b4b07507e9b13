import type { BytePath } from '../bytes/index.ts';

/** Directories whose contents belong to the running system, never to a layer; the directories themselves may. */
const SYSTEM_DIRECTORIES = ['dev', 'proc', 'sys'];

export type IgnoreRule = (path: BytePath) => boolean;

/** A predicate for relative paths that must stay out of layers: contents of /dev, /proc, /sys, and the given paths with all below. */
export function ignoreRule(ignorePaths: readonly BytePath[]): IgnoreRule {
  const isGiven = givenPaths(ignorePaths);
  return (path) => {
    const slash = path.indexOf('/');
    return (slash > 0 && SYSTEM_DIRECTORIES.includes(path.slice(0, slash))) || isGiven(path);
  };
}

/** A predicate for relative paths that are among the given ones, or below them. */
export function givenPaths(ignorePaths: readonly BytePath[]): IgnoreRule {
  const given = ignorePaths.map((path) => path.replace(/^\/+|\/+$/g, '')).filter((path) => path !== '');
  return (path) => given.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}
