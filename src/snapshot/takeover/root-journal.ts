import { chmodSync, lchownSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { joinPath, toFs, type BytePath } from '../../bytes/index.ts';
import { namesIn, type KeptPaths } from '../../rootfs/index.ts';
import { setTime } from '../set-time.ts';

/** A directory that stays in the root because of what is kept below it, as it was before anything moved. Paths byte by byte. */
const StayingDirectory = z.object({
  path: z.string(),
  uid: z.number(),
  gid: z.number(),
  mode: z.number(),
  modifiedNs: z.string(),
});

const RootJournal = z.object({
  /** `parking`: what the root has of its own is on its way out; `tree`: a tree is in it; `restoring`: on the way back. */
  phase: z.enum(['parking', 'tree', 'restoring']),
  /** Where that is meanwhile. */
  own: z.string(),
  /** Paths in the root that stay, as this build knows them. */
  kept: z.array(z.string()),
  directories: z.array(StayingDirectory),
});
export type RootJournal = z.infer<typeof RootJournal>;

/** Writes down, whole or not at all, what the root is like: whoever finds it later knows what to do. */
export function writeJournal(file: string, journal: RootJournal): void {
  const written = `${file}.new`;
  writeFileSync(written, JSON.stringify(journal));
  renameSync(written, file);
}

export function removeJournal(file: string): void {
  rmSync(file, { force: true });
}

/** What was written last; undefined where nothing moved. Throws for what nobody wrote here. */
export function readJournal(file: string): RootJournal | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  return RootJournal.parse(JSON.parse(text));
}

/** The directories of a root that lead to something kept. */
export function stayingDirectories(root: BytePath, kept: KeptPaths): RootJournal['directories'] {
  const found: RootJournal['directories'] = [];
  const look = (path: BytePath): void => {
    const { uid, gid, mode, mtimeNs } = lstatSync(toFs(joinPath(root, path)), { bigint: true });
    const owner = { uid: Number(uid), gid: Number(gid), mode: Number(mode & 0o7777n) };
    found.push({ path, ...owner, modifiedNs: `${mtimeNs}` });
    for (const name of namesIn(joinPath(root, path))) {
      const below = joinPath(path, name);
      const leads = kept.leadsToKept(below) && !kept.isKept(below);
      if (leads && lstatSync(toFs(joinPath(root, below))).isDirectory()) look(below);
    }
  };
  look('' as BytePath);
  return found;
}

/** Gives them back what they were like. */
export function restoreDirectories(root: BytePath, { directories }: Pick<RootJournal, 'directories'>): void {
  for (const { path, uid, gid, mode, modifiedNs } of directories) {
    const at = joinPath(root, path as BytePath);
    if (lstatSync(toFs(at), { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    lchownSync(toFs(at), uid, gid);
    chmodSync(toFs(at), mode);
    setTime(at, BigInt(modifiedNs));
  }
}
