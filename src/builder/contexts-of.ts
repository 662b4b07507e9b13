import type { AskedBuild, BuildSpec } from '../request/index.ts';

/** The directories and files of this machine that a build reads as contexts. */
export function contextsOf({
  context,
  contexts = [],
}: Pick<AskedBuild | BuildSpec, 'context' | 'contexts'>): string[] {
  const sources = [context, ...contexts.map((named) => ('source' in named ? named.source : named))];
  return sources.flatMap((source) => ('path' in source ? [source.path] : []));
}
