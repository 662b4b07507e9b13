import type { BuildSpec } from '../request/index.ts';

/** The build argument of this name; undefined where none was given, whatever the name (`constructor` is one). */
export function givenArg({ buildArgs }: BuildSpec, name: string): string | undefined {
  return Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
}
