import { chmodSync, lchownSync, lstatSync, mkdirSync } from 'node:fs';
import { fromText, toFs, toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { runSync } from '../process/index.ts';
import { removeTree } from '../rootfs/index.ts';
import type { OverlayMounter } from './overlay-mount.ts';

/** A file or tree that looks like another one and can be changed without a trace. */
export interface ScratchCopy {
  /** Absolute on this machine. */
  readonly path: BytePath;
  /** Throws the copy away, changes and all. */
  release(): void;
}

export interface ScratchCopies {
  /** A copy to change of what lies at an absolute path, which stays as it is as long as the copy lives. */
  of(source: BytePath, kind: 'directory' | 'file'): ScratchCopy;
  /** A full copy at a path where nothing is yet, which is the caller's. */
  into(target: BytePath, source: BytePath): void;
}

/** Copies below a scratch directory; `mounter` where overlays can be mounted there, which costs nothing to make. */
export function createScratchCopies(scratch: BytePath, mounter: OverlayMounter | undefined): ScratchCopies {
  let copies = 0;
  const fresh = (): string => `copy${copies++}`;
  return {
    of: (source, kind) =>
      mounter === undefined || kind === 'file'
        ? fullCopy(source, fromText(`${scratch}/${fresh()}`))
        : overlaidCopy(source, fresh(), mounter),
    into: (target, source) => void fullCopy(source, target),
  };
}

function fullCopy(source: BytePath, target: BytePath): ScratchCopy {
  call('cp', ['-a', '--reflink=auto', '--', toText(source), toText(target)]);
  return { path: target, release: () => void removeTree(target) };
}

function overlaidCopy(source: BytePath, name: string, mounter: OverlayMounter): ScratchCopy {
  const [lower, upper, work, merged] = [`${name}/l`, `${name}/u`, `${name}/w`, `${name}/m`];
  mkdirSync(toFs(mounter.path(name)));
  for (const part of [lower, upper, work, merged]) mkdirSync(toFs(mounter.path(part)));
  // The names in an overlay's options must be plain, and where the source lies may be named anyhow.
  call('mount', ['-n', '--bind', toText(source), toText(mounter.path(lower))]);
  try {
    takeOver(mounter.path(lower), mounter.path(upper));
    mounter.mount(merged, { lowers: [lower], upper, work });
  } catch (error) {
    mounter.unmount(lower);
    throw error;
  }
  return {
    path: mounter.path(merged),
    release: () => {
      mounter.unmount(merged, lower);
      removeTree(mounter.path(name));
    },
  };
}

/** The root directory of an overlay has the owner and mode of its topmost layer's. */
function takeOver(from: BytePath, to: BytePath): void {
  const { uid, gid, mode } = lstatSync(toFs(from));
  lchownSync(toFs(to), uid, gid);
  chmodSync(toFs(to), mode & 0o7777);
}

function call(command: string, args: readonly string[]): void {
  const result = runSync(command, args);
  if (result.status === 0) return;
  throw new BuildError(
    'FILESYSTEM',
    `${command} ${args.at(-2)} ${args.at(-1)} failed: ${result.stderr.trim() || result.errorCode || result.status}`,
  );
}
