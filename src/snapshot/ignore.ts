import type { BytePath } from '../bytes/index.ts';

/** Directories whose contents belong to the running system, never to a layer; the directories themselves may. */
const SYSTEM_DIRECTORIES = ['dev', 'proc', 'sys'];

export type IgnoreRule = (path: BytePath) => boolean;

/** A predicate for relative paths that must stay out of layers: contents of /dev, /proc, /sys, and the given paths with all below. */
export function ignoreRule(ignorePaths: readonly BytePath[]): IgnoreRule {
  const given = ignorePaths.map((path) => path.replace(/^\/+|\/+$/g, '')).filter((path) => path !== '');
  return (path) => {
    const slash = path.indexOf('/');
    if (slash > 0 && SYSTEM_DIRECTORIES.includes(path.slice(0, slash))) return true;
    return given.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  };
}
