import { comparePaths, parentPath, type BytePath } from '../bytes/index.ts';
import type { Change } from '../snapshot/index.ts';
import type { TarMember } from '../tar/index.ts';
import { orderLinks } from './link-order.ts';
import { opaqueMarker, refuseWhiteoutName, whiteoutOf } from './whiteout.ts';

interface Placed {
  /** What it is sorted by. */
  readonly key: string;
  readonly member: TarMember;
}

/**
 * The members of the layer that makes these changes, sorted bytewise by path, so that parents precede what is in them.
 * Removals become whiteouts, except where an entry of this layer takes the place anyway. A directory that is both
 * removed and added is a new one: it gets an opaque marker, right behind its own entry. Throws UNSUPPORTED for names
 * that read as whiteouts.
 */
export function layerMembers(changes: readonly Change[]): TarMember[] {
  const members = orderLinks(changes.flatMap((change) => (change.kind === 'removed' ? [] : [change.member])));
  const removed = new Set(changes.flatMap((change) => (change.kind === 'removed' ? [change.path] : [])));
  for (const { path } of members) refuseWhiteoutName(path);
  for (const path of removed) refuseWhiteoutName(path);
  return [
    ...members.map((member) => ({ key: member.path, member })),
    ...removals(removed, new Map(members.map((member) => [member.path, member]))),
  ]
    .sort((a, b) => comparePaths(a.key as BytePath, b.key as BytePath))
    .map(({ member }) => member);
}

function removals(removed: ReadonlySet<BytePath>, members: ReadonlyMap<BytePath, TarMember>): Placed[] {
  const placed: Placed[] = [];
  for (const path of removed) {
    if (goesWithAncestor(path, removed, members)) continue;
    const successor = members.get(path);
    if (successor === undefined) {
      const member = whiteoutOf(path);
      placed.push({ key: member.path, member });
    } else if (successor.type === 'directory') {
      placed.push({ key: `${path}/`, member: opaqueMarker(path) });
    }
  }
  return placed;
}

/** True where a directory above is removed as a whole, or is no directory any more. */
function goesWithAncestor(
  path: BytePath,
  removed: ReadonlySet<BytePath>,
  members: ReadonlyMap<BytePath, TarMember>,
): boolean {
  for (let above = parentPath(path); above !== ''; above = parentPath(above)) {
    const member = members.get(above);
    if (removed.has(above) || (member !== undefined && member.type !== 'directory')) return true;
  }
  return false;
}
