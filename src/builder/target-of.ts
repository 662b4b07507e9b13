import { BuildError } from '../errors/index.ts';
import type { WriteTarget } from '../image/index.ts';
import type { BuildSurroundings, ByteTarget } from '../request/index.ts';

/** Where bytes go. Throws USAGE where that is standard output, and there is none for it. */
export function targetOf(to: ByteTarget, { stdout }: Pick<BuildSurroundings, 'stdout'>): WriteTarget {
  if (to.kind === 'file') return to.path;
  if (stdout !== undefined) return stdout;
  throw new BuildError('USAGE', 'an output cannot go to standard output here', {
    hint: 'give it a file with dest=',
  });
}
