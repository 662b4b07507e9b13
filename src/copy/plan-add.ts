import { type BytePath, fromText, toText } from '../bytes/index.ts';
import { isArchive } from '../context/index.ts';
import type { NodeStat, RootView } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { AddRequest } from './add-request.ts';
import { DEFAULT_ARCHIVE_LIMITS } from './archive/limits.ts';
import { Spill } from './archive/spill.ts';
import { unpackArchive } from './archive/unpack-archive.ts';
import { DEFAULT_PARENT_MODE } from './chmod.ts';
import { findSources, type FoundSource } from './find-sources.ts';
import { treeOfFile } from './literal-file.ts';
import { beginPlan, copyFiles, copyFrom, type CopyPlan, ensureDirectory, locate } from './plan-copy.ts';

const ROOT = '/' as BytePath;

/** A plan of ADD, and where the contents of unpacked files go. */
interface AddPlan {
  readonly copy: CopyPlan;
  readonly request: AddRequest;
  readonly spill: Spill;
}

/**
 * The members of the layer an ADD makes, sorted by path, by the rules of BuildKit: archives are unpacked, everything else
 * works as with COPY. `--chown` counts for unpacked entries too, `--chmod` and `--exclude` do not. Throws what planCopy
 * throws, and ARCHIVE or UNSUPPORTED for archives that cannot be unpacked.
 */
export async function planAdd(request: AddRequest): Promise<TarMember[]> {
  try {
    const copy = beginPlan(request);
    const plan = { copy, request, spill: new Spill(request.spillDirectory) };
    for (const source of request.sources) await addSource(plan, source);
    copyFiles(copy);
    return copy.tree.members();
  } catch (error) {
    throw locate(request, error);
  }
}

async function addSource(plan: AddPlan, source: string): Promise<void> {
  const { request } = plan;
  const tree = request.trees?.get(source);
  if (tree !== undefined) {
    copyFrom(plan.copy, tree, { path: ROOT, stat: tree.lstat(ROOT) as NodeStat, name: ROOT });
    return;
  }
  const download = request.downloads?.get(source);
  if (download === undefined) {
    for (const found of findSources(request, source))
      await addFound(plan, request.source, found, request.unpack ?? true);
    return;
  }
  const { view, path } = treeOfFile(download);
  const found = { path, stat: view.lstat(path) as NodeStat, name: fromText(download.name) };
  await addFound(plan, view, found, request.unpack ?? false);
}

async function addFound(plan: AddPlan, source: RootView, found: FoundSource, unpack: boolean): Promise<void> {
  const { copy, request } = plan;
  const isFile = found.stat.type === 'file' && found.stat.size > 0;
  if (!unpack || !isFile || !(await isArchive(source.content(found.path), request.signal))) {
    copyFrom(copy, source, found);
    return;
  }
  const directory = ensureDirectory(copy, copy.destination.path, DEFAULT_PARENT_MODE);
  const archive = { name: toText(found.name), content: source.content(found.path) };
  const { tree, owner } = copy;
  const limits = { ...DEFAULT_ARCHIVE_LIMITS, ...request.limits };
  await unpackArchive(
    archive,
    { tree, directory, owner, spill: plan.spill, limits, now: request.now },
    request.signal,
  );
}
