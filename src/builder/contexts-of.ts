import type { AskedBuild } from '../request/index.ts';

/** The directories of this machine that a build reads as contexts. */
export function contextsOf({ context, contexts = [] }: Pick<AskedBuild, 'context' | 'contexts'>): string[] {
  const sources = [context, ...contexts.map(({ source }) => source)];
  return sources.flatMap((source) => (source.kind === 'directory' ? [source.path] : []));
}
