import { encodeHeader, NO_XATTRS, type EntryType, type TarEntry } from '../../src/tar/index.ts';
import type { BytePath } from '../../src/bytes/index.ts';

/** An entry of a test archive: what is left out is a file of mode 0644 owned by 0:0, made at second 1000. */
export interface ArchiveRow {
  readonly path: string;
  readonly type?: EntryType;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly seconds?: number;
  readonly content?: string | Uint8Array;
  readonly linkname?: string;
  readonly device?: readonly [number, number];
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

/** A whole tar archive; names are taken as they are, hostile ones too. */
export function archiveOf(...rows: readonly ArchiveRow[]): Buffer {
  return Buffer.concat([...rows.map(entryBytes), Buffer.alloc(1024)]);
}

function entryBytes(row: ArchiveRow): Buffer {
  const content = Buffer.from(row.content ?? '');
  const entry: TarEntry = {
    path: row.path as BytePath,
    type: row.type ?? (row.linkname === undefined ? 'file' : 'symlink'),
    mode: row.mode ?? 0o644,
    uid: row.uid ?? 0,
    gid: row.gid ?? 0,
    size: content.length,
    mtimeNs: BigInt(row.seconds ?? 1000) * 1_000_000_000n,
    linkname: (row.linkname ?? '') as BytePath,
    devMajor: row.device?.[0] ?? 0,
    devMinor: row.device?.[1] ?? 0,
    xattrs: row.xattrs ?? NO_XATTRS,
  };
  return Buffer.concat([encodeHeader(entry), content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
