import { fromText, joinPath, toText, type BytePath } from '../../../bytes/index.ts';
import { BuildError } from '../../../errors/index.ts';
import { DiskRoot, resolveInRoot, type NodeStat, type RootView } from '../../../rootfs/index.ts';
import type { PlannedStage } from '../../../plan/index.ts';
import type { BuildKit } from '../../kit.ts';
import { rootOf } from '../../stage-files.ts';
import type { BindRequest } from './mount-request.ts';
import { soleNode, type PreparedMount } from './prepared-mount.ts';
import type { Releases } from './releases.ts';

/**
 * A bind of what lies in the context, a stage or an image. One that may be written to, or that the sandbox cannot keep from
 * it, is of a copy, which is thrown away.
 * Throws CONTEXT or FILESYSTEM where the source is not there.
 */
export async function prepareBind(
  request: BindRequest,
  kit: BuildKit,
  releases: Releases,
): Promise<PreparedMount> {
  const { from, source, target, readOnly } = request;
  const found = from === undefined ? inContext(source, kit) : await inStage(source, from, kit, releases);
  if (readOnly && kit.ports.sandbox.mountsWritable !== true)
    return boundAt(target, found.path, found.kind, true);
  const copy = kit.scratchCopies.of(found.path, found.kind);
  releases.add(() => copy.release());
  return boundAt(target, copy.path, found.kind, readOnly);
}

/** A bind of a path of this machine. */
export function boundAt(
  target: string,
  source: BytePath,
  kind: 'directory' | 'file',
  readOnly: boolean,
): PreparedMount {
  const isDirectory = kind === 'directory';
  return {
    target,
    kind,
    view: isDirectory ? new DiskRoot(source) : soleNode('file'),
    room: isDirectory && !readOnly ? { directory: source } : undefined,
    at: (at, create) => ({ kind: 'bind', source: toText(source), target: at, create, readOnly }),
  };
}

/** What a path leads to, symlinks followed inside the tree; undefined where nothing is there. */
export function lookUp(
  view: RootView,
  source: string,
): { readonly path: BytePath; readonly stat: NodeStat; readonly kind: 'directory' | 'file' } | undefined {
  const { path, stat } = resolveInRoot(view, fromText(source));
  if (stat === undefined) return undefined;
  return { path, stat, kind: stat.type === 'directory' ? 'directory' : 'file' };
}

interface Found {
  readonly path: BytePath;
  readonly kind: 'directory' | 'file';
}

function inContext(source: string, kit: BuildKit): Found {
  const found = lookUp(kit.ports.context.view, source);
  if (found === undefined) {
    throw new BuildError('CONTEXT', `${JSON.stringify(source)}: not found in the build context`, {
      hint: 'the source of a bind mount counts from the root of the context, and ignored files do not exist in it',
    });
  }
  return { path: kit.contextTrees.locate(found.path, found.stat), kind: found.kind };
}

async function inStage(
  source: string,
  stage: PlannedStage,
  kit: BuildKit,
  releases: Releases,
): Promise<Found> {
  const opened = (await rootOf(await kit.finished(stage))).open();
  releases.add(() => opened.close());
  if (opened.directory === undefined)
    throw new BuildError('INTERNAL', `the files of ${stage.label} do not lie on disk`);
  const found = lookUp(opened.view, source);
  if (found === undefined) {
    throw new BuildError('FILESYSTEM', `${JSON.stringify(source)}: not found in ${stage.label}`, {
      hint: 'the source of a mount with from counts from the root of that stage or image',
    });
  }
  return {
    path: found.path === '/' ? opened.directory : joinPath(opened.directory, found.path),
    kind: found.kind,
  };
}
