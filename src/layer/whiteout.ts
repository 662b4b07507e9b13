import { joinPath, parentPath, baseName, toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { NO_XATTRS, type TarMember } from '../tar/index.ts';

/** image-spec layer.md#whiteouts. */
const PREFIX = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** The empty file that hides what lower layers have at this path; the same header as containerd writes. */
export function whiteoutOf(path: BytePath): TarMember {
  return emptyFile(joinPath(parentPath(path), `${PREFIX}${baseName(path)}` as BytePath));
}

/** The empty file in a directory that hides everything lower layers have in it. */
export function opaqueMarker(directory: BytePath): TarMember {
  return emptyFile(joinPath(directory, OPAQUE as BytePath));
}

/** Throws UNSUPPORTED for a path no layer can hold because it would read as a whiteout. */
export function refuseWhiteoutName(path: BytePath): void {
  if (!path.startsWith(PREFIX) && !path.includes(`/${PREFIX}`)) return;
  throw new BuildError('UNSUPPORTED', `a layer cannot hold the file name ${toText(path)}`, {
    hint: `names that begin with ${PREFIX} mean deletions in image layers; rename the file or remove it in the same step`,
  });
}

function emptyFile(path: BytePath): TarMember {
  return {
    path,
    type: 'file',
    mode: 0,
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
