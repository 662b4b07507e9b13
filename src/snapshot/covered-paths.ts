import type { BytePath } from '../bytes/index.ts';
import type { RootView } from '../rootfs/index.ts';
import type { MountPoint } from './stage-root.ts';
import { BOUND_FILES, boundFileTarget } from './stubs.ts';

/** The relative paths over which something lies for the time of a RUN. */
export function coveredPaths(view: RootView, points: readonly MountPoint[]): ReadonlySet<BytePath> {
  const paths = [
    ...BOUND_FILES.map((file) => boundFileTarget(view, file)),
    ...points.map(({ path }) => path),
  ];
  return new Set(paths.map((path) => path.replace(/^\/+/, '') as BytePath));
}
