import type { BytePath } from '../bytes/index.ts';

export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';

/** One member of an archive, with exact metadata. */
export interface TarEntry {
  /** As stored, without a trailing slash; layer paths are relative (`etc/passwd`), archives read may hold anything. */
  readonly path: BytePath;
  readonly type: EntryType;
  /** Permission bits including setuid, setgid and sticky: 0..0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for anything but a file. */
  readonly size: number;
  /** Nanoseconds since the epoch; may be negative. */
  readonly mtimeNs: bigint;
  /** Target of a symlink (verbatim) or of a hardlink (a path in the archive); empty otherwise. */
  readonly linkname: BytePath;
  readonly devMajor: number;
  readonly devMinor: number;
  /** Extended attributes by name (`security.capability`), values as bytes. */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
}

/** Where a file's bytes come from when it is written. */
export type ContentSource =
  { readonly kind: 'file'; readonly path: BytePath } | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** An entry together with its content: what layers and root file systems are made of. `content` is set for files with size > 0. */
export interface TarMember extends TarEntry {
  readonly content?: ContentSource | undefined;
}

export const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();
