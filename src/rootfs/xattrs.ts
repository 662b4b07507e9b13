import { toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { isNameable, nativeXattrs } from './xattr-native.ts';
import { getWithProgram, setWithProgram } from './xattr-programs.ts';

/** The one attribute that belongs into images. */
export const CAPABILITY = 'security.capability';

/**
 * The `security.capability` of files of this machine; only paths that have one are in the map. No path may be a symlink.
 * Throws FILESYSTEM where neither the native module nor getfattr(1) is there.
 */
export function readXattrs(paths: readonly BytePath[]): Map<BytePath, ReadonlyMap<string, Uint8Array>> {
  const found = new Map<BytePath, ReadonlyMap<string, Uint8Array>>();
  const native = nativeXattrs();
  const rest: BytePath[] = [];
  for (const path of paths) {
    if (native === undefined || !isNameable(path)) {
      rest.push(path);
      continue;
    }
    const value = native.getAttributeSync(toText(path), CAPABILITY);
    if (value !== null) found.set(path, new Map([[CAPABILITY, value]]));
  }
  for (const [path, value] of getWithProgram(rest, CAPABILITY))
    found.set(path, new Map([[CAPABILITY, value]]));
  return found;
}

/**
 * Gives files of this machine their `security.capability`. No path may be a symlink. Throws FILESYSTEM where it cannot
 * be set.
 */
export function writeCapabilities(values: ReadonlyMap<BytePath, Uint8Array>): void {
  const native = nativeXattrs();
  const rest = new Map<BytePath, Uint8Array>();
  for (const [path, value] of values) {
    if (native === undefined || !isNameable(path)) rest.set(path, value);
    else setNatively(path, value, () => native.setAttributeSync(toText(path), CAPABILITY, value));
  }
  if (rest.size > 0) setWithProgram(rest, CAPABILITY);
}

function setNatively(path: BytePath, value: Uint8Array, set: () => void): void {
  try {
    set();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BuildError(
      'FILESYSTEM',
      `${toText(path)}: its file capabilities (${value.length} bytes) cannot be set: ${reason}`,
      { cause: error, hint: 'they need root, and a file system with extended attributes' },
    );
  }
}
