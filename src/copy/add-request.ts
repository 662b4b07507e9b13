import type { BytePath } from '../bytes/index.ts';
import type { RootView } from '../rootfs/index.ts';
import type { ArchiveLimits } from './archive/limits.ts';
import type { CopyRequest, LiteralFile } from './copy-request.ts';

/** An ADD. `sources` holds local paths and URLs in the order they were written; heredocs are in `files`. */
export interface AddRequest extends CopyRequest {
  /** What was downloaded, by the source as it stands in `sources`; such sources are not looked for in the context. */
  readonly downloads?: ReadonlyMap<string, LiteralFile> | undefined;
  /** Whole trees by the source as it stands in `sources` (git repositories): their contents are copied. */
  readonly trees?: ReadonlyMap<string, RootView> | undefined;
  /** `--unpack`; where it is absent local archives are unpacked and downloaded ones are not. */
  readonly unpack?: boolean | undefined;
  /**
   * An empty private directory of this machine for the contents of unpacked files. The plan's members refer to files in
   * it: the caller removes it when they have been written and applied.
   */
  readonly spillDirectory: BytePath;
  readonly limits?: Partial<ArchiveLimits> | undefined;
  readonly signal?: AbortSignal | undefined;
}
