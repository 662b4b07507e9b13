import { components, toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';

/** What the name of a layer's entry says, before its type is looked at; paths are relative and clean, empty for the root. */
export type LayerName =
  | { readonly kind: 'entry' | 'whiteout' | 'opaque'; readonly path: BytePath }
  /** Bookkeeping of aufs, which is no part of the tree. */
  | { readonly kind: 'reserved' };

const WHITEOUT = '.wh.';
const RESERVED = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';
/** NAME_MAX and PATH_MAX of Linux: what exceeds them can be in no file system. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4095;

/** Reads an entry's name as image-spec layer.md has it. Throws ARCHIVE for names that leave the root or remove nothing sensible. */
export function parseLayerName(name: BytePath): LayerName {
  const parts = cleanParts(name);
  const base = parts.at(-1) ?? '';
  if (parts.some((part) => part.startsWith(RESERVED) && part !== OPAQUE)) return { kind: 'reserved' };
  if (parts.slice(0, -1).some((part) => part.startsWith(WHITEOUT))) {
    throw refusal(name, 'lies below a name that is reserved for whiteouts');
  }
  if (!base.startsWith(WHITEOUT)) return { kind: 'entry', path: join(parts) };
  const parent = parts.slice(0, -1);
  if (base === OPAQUE) return { kind: 'opaque', path: join(parent) };
  const removed = base.slice(WHITEOUT.length);
  if (removed === '' || removed === '.' || removed === '..') throw refusal(name, 'is a whiteout of no file');
  return { kind: 'whiteout', path: join([...parent, removed as BytePath]) };
}

/** A path of an archive as a relative one without `.`, `..` and doubled slashes; throws ARCHIVE where it leaves the root. */
export function cleanMemberPath(name: BytePath): BytePath {
  return join(cleanParts(name));
}

/** The error that refuses an entry, naming it. */
export function refusal(name: BytePath, reason: string, cause?: unknown): BuildError {
  return new BuildError('ARCHIVE', `archive entry ${JSON.stringify(toText(name))} ${reason}`, { cause });
}

function cleanParts(name: BytePath): BytePath[] {
  if (name.includes('\0')) throw refusal(name, 'has a zero byte in its name');
  if (name.length > MAX_PATH_BYTES) throw refusal(name.slice(0, 80) as BytePath, 'has too long a path');
  const parts: BytePath[] = [];
  for (const part of components(name)) {
    if (part.length > MAX_NAME_BYTES) throw refusal(name, 'has too long a name');
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw refusal(name, 'leaves the root');
  }
  return parts;
}

function join(parts: readonly BytePath[]): BytePath {
  return parts.join('/') as BytePath;
}
