import { createRequire } from 'node:module';
import { toText, type BytePath } from '../bytes/index.ts';

/** What is used of the native module; paths are text, so names that are not UTF-8 are out of its reach. */
export interface NativeXattrs {
  getAttributeSync(path: string, name: string): Uint8Array | null;
  setAttributeSync(path: string, name: string, value: Uint8Array): void;
}

/** The package, then the binaries that a bundle carries beside itself; the wrong one of the last two does not load. */
const CANDIDATES = [
  '@napi-rs/xattr',
  `./xattr.${process.platform}-${process.arch}-gnu.node`,
  `./xattr.${process.platform}-${process.arch}-musl.node`,
];

let loaded: NativeXattrs | null | undefined;

/** The native module for extended attributes; undefined where it is not installed for this machine. */
export function nativeXattrs(): NativeXattrs | undefined {
  loaded ??= load() ?? null;
  return loaded ?? undefined;
}

/** Whether the native module can name this path. */
export function isNameable(path: BytePath): boolean {
  return Buffer.from(toText(path), 'utf8').toString('latin1') === path;
}

function load(): NativeXattrs | undefined {
  // A require that bundlers cannot see: the module is optional, and where it is missing programs do its work.
  const require = createRequire(import.meta.url);
  for (const name of CANDIDATES) {
    try {
      return require(name) as NativeXattrs;
    } catch {
      continue;
    }
  }
  return undefined;
}
