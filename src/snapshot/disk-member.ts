import { lstatSync, readlinkSync, type BigIntStats } from 'node:fs';
import { fromBytes, joinPath, toFs, type BytePath } from '../bytes/index.ts';
import type { Change } from './change.ts';
import type { LinkGroups } from './link-groups.ts';
import { deviceMajor, deviceMinor } from '../rootfs/index.ts';
import { NO_XATTRS, type EntryType, type TarMember } from '../tar/index.ts';

/** The inode at a path, times in nanoseconds; undefined where there is none, also below what is no directory. */
export function statAt(path: BytePath): BigIntStats | undefined {
  try {
    return lstatSync(toFs(path), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The tar type of an inode; undefined for sockets, which no layer can hold. */
export function entryTypeOf(stat: BigIntStats): EntryType | undefined {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  if (stat.isFIFO()) return 'fifo';
  return undefined;
}

/** Times in layers are whole seconds, as BuildKit writes them. */
export function wholeSeconds(ns: bigint): bigint {
  return roundedDown(ns, 1_000_000_000n);
}

/**
 * What differs by less is no change of a directory: Node sets times no more exactly. Seconds would be too coarse, as what
 * a layer holds must not depend on whether the clock struck between two steps.
 */
export function wholeMilliseconds(ns: bigint): bigint {
  return roundedDown(ns, 1_000_000n);
}

function roundedDown(ns: bigint, unit: bigint): bigint {
  return ns - (((ns % unit) + unit) % unit);
}

/** The member that stands for an inode below `root`, content read from where it lies; undefined for sockets. */
export function memberOf(root: BytePath, path: BytePath, stat: BigIntStats): TarMember | undefined {
  const type = entryTypeOf(stat);
  if (type === undefined) return undefined;
  const absolute = joinPath(root, path);
  const isDevice = type === 'char' || type === 'block';
  const size = type === 'file' ? Number(stat.size) : 0;
  return {
    path,
    type,
    mode: Number(stat.mode) & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size,
    mtimeNs: wholeSeconds(stat.mtimeNs),
    linkname:
      type === 'symlink' ? fromBytes(readlinkSync(toFs(absolute), { encoding: 'buffer' })) : ('' as BytePath),
    devMajor: isDevice ? deviceMajor(stat.rdev) : 0,
    devMinor: isDevice ? deviceMinor(stat.rdev) : 0,
    xattrs: NO_XATTRS,
    content: size > 0 ? { kind: 'file', path: absolute } : undefined,
  };
}

/** The change that an inode below `root` stands for; where no layer can hold it, the removal of what was there before. */
export function changeOf(
  root: BytePath,
  path: BytePath,
  stat: BigIntStats,
  existed: boolean,
  links: LinkGroups,
): Change | undefined {
  const member = memberOf(root, path, stat);
  if (member !== undefined)
    return { kind: existed ? 'modified' : 'added', member: links.admit(member, stat) };
  return existed ? { kind: 'removed', path } : undefined;
}
