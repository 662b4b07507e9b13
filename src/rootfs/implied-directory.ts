import type { BytePath } from '../bytes/index.ts';
import { NO_XATTRS, type TarEntry } from '../tar/index.ts';

/** A directory that an archive implies without having an entry for it. Its time is fixed, so that trees are reproducible. */
export function impliedDirectory(path: BytePath): TarEntry & { readonly type: 'directory' } {
  return {
    path,
    type: 'directory',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 0,
    mtimeNs: 0n,
    linkname: '' as BytePath,
    devMajor: 0,
    devMinor: 0,
    xattrs: NO_XATTRS,
  };
}
