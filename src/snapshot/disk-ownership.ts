import type { BytePath } from '../bytes/index.ts';
import { applyMembers, DiskRoot, type RootView } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import { readCapabilities } from './capabilities.ts';
import type { Change } from './change.ts';
import type { LayerSink } from './layer-feed.ts';
import { unpackSink } from './unpack-sink.ts';
import type { EndedStep, TreeOwnership } from './tree-ownership.ts';

/** Owners as they are on disk, for a process that can give files to anybody. */
export const diskOwnership: TreeOwnership = {
  view(directory: BytePath): RootView {
    return new DiskRoot(directory);
  },
  apply(directory: BytePath, members: readonly TarMember[]): void {
    applyMembers(directory, members);
  },
  unpackInto(directory: BytePath): LayerSink {
    return unpackSink(directory);
  },
  settle({ directory, changes }: EndedStep): Change[] {
    return readCapabilities(directory, changes);
  },
  clone(): TreeOwnership {
    return diskOwnership;
  },
};
