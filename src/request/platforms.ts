import { formatPlatform, parsePlatform, platformOfMachine, type Platform } from '../oci/index.ts';

/**
 * The platforms an image is for, each once, in the order given; `local`, or none at all, is that of the machine (Node's
 * `process.arch`). Throws USAGE.
 */
export function parsePlatforms(
  texts: readonly string[],
  machine: string,
): readonly [Platform, ...Platform[]] {
  const own = platformOfMachine(machine);
  const all = texts
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => (text === 'local' ? own : parsePlatform(text)));
  const [first = own, ...more] = new Map(
    all.map((platform) => [formatPlatform(platform), platform]),
  ).values();
  return [first, ...more];
}
