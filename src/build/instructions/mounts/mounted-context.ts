import type { BuildContext } from '../../../context/index.ts';
import type { BuildPorts } from '../../ports.ts';
import type { MountRequest } from './mount-request.ts';

/** What a mount shows of a context. */
export interface MountedContext {
  readonly context: BuildContext;
  /** As written, absolute in the context. */
  readonly source: string;
}

/** What a mount shows of the build's context or of a named one; undefined for mounts of anything else. */
export function mountedContext(
  request: MountRequest,
  { context, contexts }: Pick<BuildPorts, 'context' | 'contexts'>,
): MountedContext | undefined {
  if (request.type !== 'bind' && request.type !== 'cache') return undefined;
  const { from, source } = request;
  if (from === undefined) return request.type === 'bind' ? { context, source } : undefined;
  const named = from.base.kind === 'context' ? contexts?.get(from.base.name) : undefined;
  return named && { context: named, source };
}
