import { joinPath, type BytePath } from '../../bytes/index.ts';
import type { RootView } from '../../rootfs/index.ts';
import type { Change } from '../change.ts';
import { memberOf, statAt } from '../disk-member.ts';
import { givenPaths } from '../ignore.ts';
import type { EndedStep } from '../tree-ownership.ts';
import type { PathHistory } from './path-history.ts';

/** Files whose owner a step changed, and nothing else: the disk shows nothing of it. */
export function unseenChanges(history: PathHistory, before: RootView, step: EndedStep): Change[] {
  const seen = new Set(
    step.changes.flatMap((change) => (change.kind === 'removed' ? [] : [change.member.path])),
  );
  const isMounted = givenPaths(step.record.mounted ?? []);
  const changes: Change[] = [];
  for (const [absolute, { uid, gid }] of history.known()) {
    const path = absolute.slice(1) as BytePath;
    const { origin } = history.at(absolute);
    const previous = origin === undefined ? undefined : before.lstat(origin);
    // What was not there before and is no change now was there for the time of the step only.
    if (previous === undefined || path === '' || seen.has(path) || step.ignored(path)) continue;
    if (isMounted(path)) continue;
    if ((uid ?? previous.uid) === previous.uid && (gid ?? previous.gid) === previous.gid) continue;
    const change = ownerChange(path, step);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

function ownerChange(path: BytePath, { directory, keep }: EndedStep): Change | undefined {
  const stat = statAt(joinPath(directory, path));
  const member = stat && memberOf(directory, path, stat);
  if (member === undefined) return undefined;
  const kept = keep(path);
  const content = member.content === undefined ? undefined : ({ kind: 'file', path: kept } as const);
  return { kind: 'modified', member: { ...member, content } };
}
