import { expandWord, locationOf, type Dockerfile } from '../dockerfile/index.ts';
import { withLocation } from '../errors/index.ts';
import { formatPlatform, type Platform } from '../oci/index.ts';
import type { BuildSpec } from '../request/index.ts';
import { givenArg } from './given-arg.ts';

/**
 * The variables of FROM lines: BuildKit's platform arguments, then the ARGs before the first FROM in order, each from
 * its build argument or else its default. An argument without either is not in the map.
 */
export function globalScope(dockerfile: Dockerfile, spec: BuildSpec): Map<string, string> {
  const scope = platformArguments(spec, dockerfile);
  for (const arg of dockerfile.metaArgs) {
    for (const { name, value } of arg.args) {
      const given = givenArg(spec, name);
      try {
        const result = given ?? (value === undefined ? undefined : expanded(value, scope, dockerfile));
        if (result !== undefined) scope.set(name, result);
      } catch (error) {
        throw withLocation(error, locationOf(dockerfile, arg.range));
      }
    }
  }
  return scope;
}

function expanded(value: string, scope: ReadonlyMap<string, string>, dockerfile: Dockerfile): string {
  return expandWord(value, (name) => scope.get(name), { escape: dockerfile.escape });
}

/** BUILDPLATFORM, TARGETOS and the like, empty where the platform has no such part; a build argument of the same name wins. */
function platformArguments(spec: BuildSpec, dockerfile: Dockerfile): Map<string, string> {
  const target = spec.target ?? dockerfile.stages.at(-1)?.from.stageName ?? 'default';
  const values = new Map([
    ...ofPlatform('BUILD', spec.buildPlatform),
    ...ofPlatform('TARGET', spec.platform),
    ['TARGETSTAGE', target] as const,
  ]);
  for (const [name, value] of values) values.set(name, givenArg(spec, name) ?? value);
  return values;
}

function ofPlatform(prefix: string, platform: Platform): [string, string][] {
  return [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}OSVERSION`, ''],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ''],
  ];
}
