import { contextKey, type BuildSpec, type NamedContext } from '../request/index.ts';

/** What a name in FROM or `--from` means by a named context; undefined where there is none of it. */
export function namedContext(
  { contexts = [] }: BuildSpec,
  name: string | undefined,
): NamedContext | undefined {
  if (contexts.length === 0 || name === undefined) return undefined;
  // Names of stages count whatever their case, and those of images have none but lower case.
  const key = contextKey(name.toLowerCase());
  return key === undefined ? undefined : contexts.find((context) => context.name === key);
}
