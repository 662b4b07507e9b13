import { parentPath, type BytePath } from '../../bytes/index.ts';
import type { RootView } from '../../rootfs/index.ts';
import { NO_XATTRS, type TarMember } from '../../tar/index.ts';
import type { PathHistory, Traits } from './path-history.ts';

const [SET_UID, SET_GID, GROUP_EXECUTE] = [0o4000, 0o2000, 0o010];

/** What decides about the owner of a file that a step made or changed. */
export interface Settlement {
  readonly history: PathHistory;
  /** The tree before the step. */
  readonly before: RootView;
  /** The tree after it, as far as it is settled: parents come first. */
  readonly after: RootView;
  /** Whether files and directories are more accessible on disk than they should be, for a user without privileges. */
  readonly widened: boolean;
  readonly user: { readonly uid: number; readonly gid: number };
  /** Other names of a file, by the first of them. */
  readonly names: ReadonlyMap<BytePath, readonly BytePath[]>;
}

/** A member with the owner, mode and capabilities that it would have where nothing was recorded but done. */
export function settled(member: TarMember, settlement: Settlement): TarMember {
  const { origin, traits } = whence(member, settlement);
  const previous = origin === undefined ? undefined : settlement.before.lstat(origin);
  const known = previous?.type === member.type ? previous : undefined;
  const maker = traits?.maker ?? settlement.user;
  return {
    ...member,
    uid: traits?.uid ?? known?.uid ?? maker.uid,
    gid: traits?.gid ?? known?.gid ?? inheritedGroup(member.path, settlement) ?? maker.gid,
    mode: modeOf(member, traits, settlement.widened ? known?.mode : undefined),
    xattrs: xattrsOf(member, traits),
  };
}

/** Where a file comes from; what was done to one of its names was done to all. */
function whence(
  { path }: TarMember,
  { history, names }: Settlement,
): { readonly origin: BytePath | undefined; readonly traits: Traits | undefined } {
  const all = [path, ...(names.get(path) ?? [])].map((name) => history.at(`/${name}` as BytePath));
  return {
    origin: all.find(({ origin }) => origin !== undefined)?.origin,
    traits: all.find(({ traits }) => traits !== undefined)?.traits,
  };
}

/** What is made in a set-group-id directory belongs to the directory's group (inode(7)). */
function inheritedGroup(path: BytePath, { after }: Settlement): number | undefined {
  const parent = after.lstat(`/${parentPath(path)}` as BytePath);
  return parent !== undefined && (parent.mode & SET_GID) !== 0 ? parent.gid : undefined;
}

function xattrsOf({ xattrs }: TarMember, traits: Traits | undefined): TarMember['xattrs'] {
  if (traits?.capabilityCleared === true) return NO_XATTRS;
  return traits?.capability === undefined ? xattrs : new Map([['security.capability', traits.capability]]);
}

/** chown(2) takes set-id bits from files. */
function modeOf(
  { type, mode: onDisk }: TarMember,
  traits: Traits | undefined,
  known: number | undefined,
): number {
  const access = type === 'directory' ? 0o700 : 0o400;
  const mode = known !== undefined && onDisk === (known | access) ? known : onDisk;
  if (type !== 'file' || traits?.bitsCleared !== true) return mode;
  return mode & ~SET_UID & ~((mode & GROUP_EXECUTE) === 0 ? 0 : SET_GID);
}
