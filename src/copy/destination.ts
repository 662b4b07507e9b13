import { type BytePath, components, fromText } from '../bytes/index.ts';

/** Where a COPY goes, as absolute paths whose links are not resolved yet. */
export interface Destination {
  readonly path: BytePath;
  /** The directory that must exist before anything is copied: the path itself after a trailing slash, else its parent. */
  readonly directory: BytePath;
}

/** The destination of COPY or ADD: relative ones count from the working directory, `.` and `x/.` mean a directory. */
export function parseDestination(workdir: string, destination: string): Destination {
  const text = destination === '' || destination === '.' ? './' : destination;
  const absolute = text.startsWith('/') ? text : `${workdir}/${text}`;
  const path = cleanAbsolute(fromText(absolute));
  const isDirectory = /(^|\/)\.?$/.test(text) || path === '/';
  return { path, directory: isDirectory ? path : parentOf(path) };
}

/** An absolute path without `.`, `..` and doubled slashes; `..` stops at the root. */
export function cleanAbsolute(path: BytePath): BytePath {
  const kept: BytePath[] = [];
  for (const part of components(path)) {
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  return `/${kept.join('/')}` as BytePath;
}

/** The directory an absolute path lies in; the root is in itself. */
export function parentOf(path: BytePath): BytePath {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1)) as BytePath;
}
