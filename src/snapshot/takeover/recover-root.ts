import { mkdirSync } from 'node:fs';
import { fromText, toFs, toText, type BytePath } from '../../bytes/index.ts';
import { clearRoot, KeptPaths } from '../../rootfs/index.ts';
import { killStrangers } from './kill-strangers.ts';
import { mergeTree } from './merge-tree.ts';
import { moveOut } from './move-tree.ts';
import { naming } from './naming.ts';
import {
  readJournal,
  removeJournal,
  restoreDirectories,
  stayingDirectories,
  writeJournal,
  type RootJournal,
} from './root-journal.ts';
import { RootLock } from './root-lock.ts';

/** How long what a killed build started may take to die before it counts as another build. */
const DYING_MS = 3000;

/** A root whose own files make way for trees. */
export interface OwnRoot {
  /** `/`; another directory in tests. */
  readonly root: BytePath;
  /** Absolute paths in it that stay. */
  readonly kept: readonly string[];
  /** A file, among the kept, that is there while anything in the root is not where it belongs. */
  readonly journal: string;
}

/**
 * Puts a root in order that a killed build left in the middle of something: what the build ran is killed, its tree is
 * removed, and what the root has of its own comes back. A root that a living build works in stays as it is. Returns whether
 * it is in order. Throws FILESYSTEM.
 */
export async function recoverRoot(place: OwnRoot): Promise<boolean> {
  if (readJournal(place.journal) === undefined) return true;
  const lock = new RootLock(place.journal);
  if (!(await lock.take(DYING_MS))) return false;
  try {
    await putInOrder(place);
    return true;
  } finally {
    lock.release();
  }
}

/** The same, for who has the lock. */
export async function putInOrder({ root, kept, journal }: OwnRoot): Promise<void> {
  const found = readJournal(journal);
  if (found === undefined) return;
  // What the killed build was to keep is not the next one's to remove.
  const stays = new KeptPaths([...kept, ...found.kept].map(fromText));
  if (found.phase === 'tree') {
    await killStrangers(root, stays);
    naming(() => clearRoot(root, stays));
  }
  comeBack({ root, journal }, found);
}

/** Parks what the root has of its own, and says in the journal that it is the tree's now. */
export function parkOwn({ root, kept, journal }: OwnRoot, own: BytePath): void {
  const stays = new KeptPaths(kept.map(fromText));
  const directories = stayingDirectories(root, stays);
  const state = { own: toText(own), kept: [...kept], directories };
  mkdirSync(toFs(own), { recursive: true, mode: 0o700 });
  writeJournal(journal, { phase: 'parking', ...state });
  naming(() => moveOut(root, own, stays, []));
  writeJournal(journal, { phase: 'tree', ...state });
}

/** Brings it back, when the tree is gone. */
export function bringOwnBack({ root, journal }: OwnRoot): void {
  const found = readJournal(journal);
  if (found !== undefined) comeBack({ root, journal }, found);
}

function comeBack({ root, journal }: Pick<OwnRoot, 'root' | 'journal'>, found: RootJournal): void {
  writeJournal(journal, { ...found, phase: 'restoring' });
  naming(() => mergeTree(fromText(found.own), root));
  restoreDirectories(root, found);
  removeJournal(journal);
}
