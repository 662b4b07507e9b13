import type { TmpfsRequest } from './mount-request.ts';
import { soleNode, type PreparedMount } from './prepared-mount.ts';

/** An empty file system in memory. */
export function prepareTmpfs({ target, sizeBytes, readOnly }: TmpfsRequest): PreparedMount {
  return {
    target,
    kind: 'directory',
    view: soleNode('directory'),
    room: 'memory',
    at: (at, create) => ({ kind: 'tmpfs', target: at, create, sizeBytes, readOnly }),
  };
}
