import { BuildError } from '../../errors/index.ts';
import type { ContextSpec } from './context-spec.ts';

const METHODS = ['https', 'http', 'git'];

/**
 * kaniko's reading of a `git://` build context: it is fetched by https, or as GIT_PULL_METHOD (`method`) says. A URL with
 * a port names a server of git's own protocol and stays what it is. Other contexts are returned as they are. Throws USAGE.
 */
export function withPullMethod(context: ContextSpec, method: string | undefined): ContextSpec {
  if (context.kind !== 'git' || !context.source.remote.startsWith('git://')) return context;
  if (method !== undefined && method !== '' && !METHODS.includes(method))
    throw new BuildError('USAGE', `invalid value ${JSON.stringify(method)} for GIT_PULL_METHOD`, {
      hint: `write ${METHODS.join(', ')}`,
    });
  const { remote } = context.source;
  const hasPort = /^git:\/\/[^/]*:\d+(\/|$)/.test(remote);
  const scheme = method === undefined || method === '' ? (hasPort ? 'git' : 'https') : method;
  return { kind: 'git', source: { ...context.source, remote: remote.replace('git', scheme) } };
}
