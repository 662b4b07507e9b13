import { chmodSync } from 'node:fs';
import { comparePaths, toFs, type BytePath } from '../../bytes/index.ts';
import { applyMembers, DiskRoot, type RootView, type TreeIndex } from '../../rootfs/index.ts';
import { bothHandlers, type TarMember } from '../../tar/index.ts';
import { readCapabilities } from '../capabilities.ts';
import type { Change } from '../change.ts';
import type { LayerSink } from '../layer-feed.ts';
import { unpackSink } from '../unpack-sink.ts';
import type { EndedStep, TreeOwnership } from '../tree-ownership.ts';
import { LedgerView } from './ledger-view.ts';
import { replay } from './replay.ts';
import { settled } from './settle-owners.ts';
import { unseenChanges } from './unseen-changes.ts';

const OWNER_READ = 0o400;
const UNPACKED = { ownership: 'skip', devices: 'skip', accessible: true } as const;

/**
 * Owners, devices and capabilities in a book of their own, for machines where all files on disk belong to one user. It begins
 * with the headers of the base's layers and grows with each step.
 */
export class Ledger implements TreeOwnership {
  readonly #index: TreeIndex;

  /** The index becomes the ledger's own. */
  constructor(index: TreeIndex) {
    this.#index = index;
  }

  view(directory: BytePath): RootView {
    return new LedgerView(this.#index, directory);
  }

  apply(directory: BytePath, members: readonly TarMember[]): void {
    applyMembers(directory, members, UNPACKED);
    for (const member of members) this.#enter(member);
  }

  unpackInto(directory: BytePath): LayerSink {
    const { handler, finish } = unpackSink(directory, UNPACKED);
    return { handler: bothHandlers(handler, this.#index.handler()), finish };
  }

  settle(step: EndedStep): Change[] {
    const before = this.#index.clone();
    const history = replay(step.record.events, before, new DiskRoot(step.directory));
    const unseen = unseenChanges(history, before, step);
    const changes = readCapabilities(step.directory, [...step.changes, ...unseen]);
    for (const change of changes) if (change.kind === 'removed') this.#index.removePath(change.path);
    const widened = process.geteuid?.() !== 0;
    const rules = {
      widened,
      history,
      before,
      after: this.#index,
      user: step.record.user,
      names: linkNames(changes),
    };
    const leaders = new Map<BytePath, TarMember>();
    return changes.sort(byPath).map((change) => {
      if (change.kind === 'removed') return change;
      const { member } = change;
      const leader = member.type === 'hardlink' ? leaders.get(member.linkname) : undefined;
      const entered = leader === undefined ? settled(member, rules) : withOwnerOf(member, leader);
      leaders.set(member.path, entered);
      if (member.type === 'file') setMode(member, widened ? entered.mode | OWNER_READ : entered.mode, step);
      this.#enter(entered);
      return { kind: change.kind, member: entered };
    });
  }

  clone(): TreeOwnership {
    return new Ledger(this.#index.clone());
  }

  /** The bytes are on disk. */
  #enter(member: TarMember): void {
    this.#index.addMember({ ...member, content: undefined });
  }
}

function setMode({ path, mode }: TarMember, wanted: number, { keep }: EndedStep): void {
  if (mode !== wanted) chmodSync(toFs(keep(path)), wanted);
}

/** Removals before all else, as in any list of changes; then parents before what is in them. */
function byPath(a: Change, b: Change): number {
  if (a.kind === 'removed' || b.kind === 'removed')
    return Number(b.kind === 'removed') - Number(a.kind === 'removed');
  return comparePaths(a.member.path, b.member.path);
}

function withOwnerOf(member: TarMember, { uid, gid, mode, xattrs }: TarMember): TarMember {
  return { ...member, uid, gid, mode, xattrs };
}

function linkNames(changes: readonly Change[]): Map<BytePath, BytePath[]> {
  const names = new Map<BytePath, BytePath[]>();
  for (const change of changes) {
    if (change.kind === 'removed' || change.member.type !== 'hardlink') continue;
    const { linkname, path } = change.member;
    const known = names.get(linkname);
    if (known === undefined) names.set(linkname, [path]);
    else known.push(path);
  }
  return names;
}
