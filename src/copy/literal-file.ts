import { type BytePath, fromText } from '../bytes/index.ts';
import type { NodeStat, RootView } from '../rootfs/index.ts';
import { type ContentSource, NO_XATTRS } from '../tar/index.ts';
import type { LiteralFile } from './copy-request.ts';

/** A heredoc of COPY or ADD as a file: mode 0644, made now (seconds since the epoch). */
export function heredocFile(name: string, content: string, now: number): LiteralFile {
  const bytes = Buffer.from(content, 'utf8');
  return { name, mode: 0o644, mtime: now, size: bytes.length, content: { kind: 'bytes', bytes } };
}

/** A finished download of ADD as a file: mode 0600, the server's Last-Modified (seconds) or the epoch for a time. */
export function downloadedFile(download: {
  readonly path: BytePath;
  readonly name: string;
  readonly size: number;
  readonly lastModified?: number | undefined;
}): LiteralFile {
  return {
    name: download.name,
    mode: 0o600,
    mtime: download.lastModified ?? 0,
    size: download.size,
    content: { kind: 'file', path: download.path },
  };
}

/** A tree that holds nothing but this file, owned by 0:0, in its root. */
export function treeOfFile(file: LiteralFile): { readonly view: RootView; readonly path: BytePath } {
  const root = '/' as BytePath;
  const path = `/${fromText(file.name)}` as BytePath;
  const common = { uid: 0, gid: 0, mtimeNs: BigInt(file.mtime) * 1_000_000_000n, devMajor: 0, devMinor: 0 };
  const nodes = new Map<BytePath, NodeStat>([
    [root, { ...common, type: 'directory', mode: 0o755, size: 0 }],
    [path, { ...common, type: 'file', mode: file.mode, size: file.size }],
  ]);
  const view: RootView = {
    lstat: (at) => nodes.get(at),
    readlink: () => '' as BytePath,
    readdir: () => [fromText(file.name)],
    content: (): ContentSource => file.content,
    xattrs: () => NO_XATTRS,
  };
  return { view, path };
}
