import { type BytePath, joinPath } from '../bytes/index.ts';
import { createMatcher } from '../context/index.ts';
import { BuildError, withLocation } from '../errors/index.ts';
import { type RootView, resolveInRoot, resolveOwner } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import { DEFAULT_PARENT_MODE, type ModeChange, parseChmod } from './chmod.ts';
import type { CopyRequest, Owner } from './copy-request.ts';
import { copyTree } from './copy-tree.ts';
import { type Destination, parentOf, parseDestination } from './destination.ts';
import { emptyTree } from './empty-tree.ts';
import { findSources, type FoundSource } from './find-sources.ts';
import { treeOfFile } from './literal-file.ts';
import { makeDirectories } from './make-directories.ts';
import { PlannedTree } from './planned-tree.ts';

/** A request with everything in it read and checked, and the tree its copies gather in. */
export interface CopyPlan {
  readonly request: CopyRequest;
  readonly tree: PlannedTree;
  readonly destination: Destination;
  readonly owner: Owner | undefined;
  readonly chmod: ModeChange | undefined;
}

/**
 * The members of the layer a COPY makes, sorted by path, by the rules of BuildKit: nothing is written anywhere. Throws
 * CONTEXT for a missing source or malformed pattern, DOCKERFILE_SEMANTICS for a bad `--chmod`, FILESYSTEM where a file
 * and a directory are in each other's way.
 */
export function planCopy(request: CopyRequest): TarMember[] {
  try {
    const plan = beginPlan(request);
    for (const source of request.sources)
      for (const found of findSources(request, source)) copyFrom(plan, request.source, found);
    copyFiles(plan);
    return plan.tree.members();
  } catch (error) {
    throw locate(request, error);
  }
}

/** Reads and checks what the whole instruction shares. */
export function beginPlan(request: CopyRequest): CopyPlan {
  return {
    request,
    tree: new PlannedTree(request.link === true ? emptyTree : request.target),
    destination: parseDestination(request.workdir, request.destination),
    owner:
      request.owner === undefined
        ? undefined
        : resolveOwner(request.target, request.owner, request.onUnknownOwner),
    chmod: request.chmod === undefined ? undefined : parseChmod(request.chmod),
  };
}

/** Adds heredocs and downloads to the plan. */
export function copyFiles(plan: CopyPlan): void {
  for (const file of plan.request.files ?? []) {
    const { view, path } = treeOfFile(file);
    const stat = view.lstat(path);
    if (stat !== undefined) copyFrom(plan, view, { path, stat, name: path.slice(1) as BytePath });
  }
}

/** The error with the instruction's place, where it is known. */
export function locate(request: CopyRequest, error: unknown): unknown {
  return request.location === undefined ? error : withLocation(error, request.location);
}

/** Adds what was found in a source tree to the plan. */
export function copyFrom(plan: CopyPlan, source: RootView, found: FoundSource): void {
  const { request, tree, owner, chmod } = plan;
  const mode = chmod?.parentMode ?? DEFAULT_PARENT_MODE;
  ensureDirectory(plan, plan.destination.directory, mode);
  const to = landingPath(plan, found);
  ensureDirectory(plan, found.stat.type === 'directory' ? to : parentOf(to), mode);
  copyTree(tree, source, found.path, to, {
    owner,
    chmod,
    include: found.include === undefined ? undefined : createMatcher([found.include]),
    exclude: (request.excludes ?? []).length === 0 ? undefined : createMatcher(request.excludes ?? []),
    skipSockets: request.isContext,
  });
  if (found.stat.type !== 'directory') touch(plan, parentOf(to));
}

/** A directory that an earlier source gave its time has that of the write after it. */
function touch({ tree, request }: CopyPlan, path: BytePath): void {
  const planned = tree.planned(path);
  if (planned !== undefined) tree.put(path, { ...planned, mtimeNs: BigInt(request.now) * 1_000_000_000n });
}

/** Where a source goes, links of the destination followed: into it under its own name where a file meets a directory. */
function landingPath(plan: CopyPlan, found: FoundSource): BytePath {
  const resolved = resolveInRoot(plan.tree, plan.destination.path, { followLast: true });
  const intoDirectory = found.stat.type !== 'directory' && resolved.stat?.type === 'directory';
  return intoDirectory ? joinPath(resolved.path, found.name) : resolved.path;
}

/** Plans a directory with everything above it, where it is missing; returns its path with links followed. */
export function ensureDirectory(plan: CopyPlan, path: BytePath, mode: number): BytePath {
  const resolved = resolveInRoot(plan.tree, path);
  if (resolved.stat !== undefined && resolved.stat.type !== 'directory') {
    throw new BuildError('FILESYSTEM', `mkdir ${resolved.path}: not a directory`, {
      hint: 'the destination of this instruction exists and is a file',
    });
  }
  makeDirectories(plan.tree, resolved.path, { mode, owner: plan.owner, now: plan.request.now });
  return resolved.path;
}
