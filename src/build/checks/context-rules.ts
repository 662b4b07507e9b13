import type { BuildContext } from '../../context/index.ts';

/** No file of anybody is called so: a rule that hides it hides everything. */
const ANY_NAME = 'a name that no rule spells out';

/**
 * Whether the ignore rules of a context hide a source of COPY, told from the rules alone; undefined where there are none
 * or where some take files back in: what these leave of a directory cannot be told from its name.
 */
export function ignoredSources(context: BuildContext): ((source: string) => boolean) | undefined {
  const { rules } = context;
  if (rules === undefined || rules.hasExclusions) return undefined;
  return (source) => rules.matches(source) && (!isRoot(source) || rules.matches(ANY_NAME));
}

function isRoot(source: string): boolean {
  return source === '.' || source === '/';
}
