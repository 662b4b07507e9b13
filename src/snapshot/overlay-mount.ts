import { BuildError } from '../errors/index.ts';
import type { BytePath } from '../bytes/index.ts';
import { runSync } from '../process/index.ts';

/** Where overlay mounts are made: paths are given relative to one scratch directory, which keeps option strings short. */
export interface OverlayMounter {
  /** Mounts writable; lowers topmost first. */
  mount(
    target: string,
    layers: { readonly lowers: readonly string[]; readonly upper?: string; readonly work?: string },
  ): void;
  unmount(...targets: readonly string[]): void;
  /** The absolute path of a relative one. */
  path(relative: string): BytePath;
}

/** The kernel takes at most a page of options, and stacks at most 500 lowers; engines run images of at most 127 layers. */
const MAX_OPTION_BYTES = 4000;
const MAX_LOWERS = 500;
/** libmount of util-linux 2.39 and later otherwise uses fsconfig(2), which cuts a value off at 255 bytes. */
const FORCE_MOUNT2 = 'LIBMOUNT_FORCE_MOUNT2=always';

/**
 * A mounter that calls mount(8). `userxattr` is mandatory inside a user namespace: without it overlayfs cannot write
 * its own attributes and renames fail with EIO.
 */
export function createOverlayMounter(
  scratch: BytePath,
  options: { readonly userxattr: boolean; readonly volatile: boolean },
): OverlayMounter {
  const call = (command: string, args: readonly string[], what: string): void => {
    const result = runSync(command, args, { cwd: scratch });
    if (result.status !== 0) {
      throw new BuildError(
        'FILESYSTEM',
        `${what} ${args.at(-1)} failed: ${result.stderr.trim() || result.errorCode || result.status}`,
      );
    }
  };
  return {
    path: (relative) => `${scratch}/${relative}` as BytePath,
    mount: (target, layers) => {
      const settings = overlayOptions(layers, options);
      if (settings.length > MAX_OPTION_BYTES || layers.lowers.length > MAX_LOWERS) {
        throw new BuildError(
          'UNSUPPORTED',
          'the stage has more steps with file changes than one overlay mount can hold',
          {
            hint: 'join RUN steps, or build with --snapshotter=scan',
          },
        );
      }
      call(
        'env',
        [FORCE_MOUNT2, 'mount', '-t', 'overlay', '-o', settings, 'overlay', target],
        'mounting the overlay at',
      );
    },
    unmount: (...targets) => call('umount', targets, 'unmounting'),
  };
}

function overlayOptions(
  layers: { readonly lowers: readonly string[]; readonly upper?: string; readonly work?: string },
  options: { readonly userxattr: boolean; readonly volatile: boolean },
): string {
  const parts = [`lowerdir=${layers.lowers.join(':')}`];
  if (layers.upper !== undefined && layers.work !== undefined)
    parts.push(`upperdir=${layers.upper}`, `workdir=${layers.work}`);
  if (options.userxattr) parts.push('userxattr');
  else parts.push('redirect_dir=off', 'metacopy=off', 'index=off');
  if (options.volatile && layers.upper !== undefined) parts.push('volatile');
  return parts.join(',');
}
