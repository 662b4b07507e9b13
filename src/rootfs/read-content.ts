import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { toFs, toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { resolveInRoot } from './resolve-in-root.ts';
import type { ContentSource } from '../tar/index.ts';
import type { RootView } from './root-view.ts';

/**
 * A small text file of the tree, symlinks followed inside the root; undefined where there is no regular file. Throws
 * FILESYSTEM where it is larger than `limitBytes`.
 */
export function readTextFile(view: RootView, path: BytePath, limitBytes: number): string | undefined {
  const found = resolveInRoot(view, path);
  if (found.stat?.type !== 'file') return undefined;
  if (found.stat.size > limitBytes) {
    throw new BuildError('FILESYSTEM', `${toText(path)} of the image is larger than ${limitBytes} bytes`);
  }
  if (found.stat.size === 0) return '';
  return Buffer.from(readContent(view.content(found.path))).toString('utf8');
}

/** The bytes of a small file, wherever they lie. */
export function readContent(source: ContentSource): Uint8Array {
  return source.kind === 'bytes' ? source.bytes : readRegular(source.path);
}

function readRegular(path: BytePath): Buffer {
  const fd = openSync(toFs(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
