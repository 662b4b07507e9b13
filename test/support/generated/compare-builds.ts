import { expect } from 'vitest';
import { dockerfileOf, type Edit, type GeneratedBuild } from './build.ts';

/** What a build came to: an image, or that there is none. */
export type Result = { readonly image: unknown; readonly allHit?: boolean } | 'failed';

/** Carries out a build with the cache of a case, or without one. */
export type BuildIt = (build: GeneratedBuild, cached: boolean) => Promise<Result>;

/**
 * Builds a file, the same again, the file after each of the edits, and the file once more: each time with and without the
 * cache, which must not make a difference; how many builds of these there were.
 */
export async function compareBuilds(
  build: GeneratedBuild,
  edits: readonly Edit[],
  buildIt: BuildIt,
): Promise<number> {
  const first = await buildIt(build, false);
  expectSame(await buildIt(build, true), first, build);
  const again = await buildIt(build, true);
  expectSame(again, first, build);
  if (again !== 'failed') expect(again.allHit, dockerfileOf(build)).toBe(true);
  for (const edit of edits) {
    const edited = edit(build);
    const plain = await buildIt(edited, false);
    expectSame(await buildIt(edited, true), plain, edited);
  }
  expectSame(await buildIt(build, true), first, build);
  return 4 + edits.length * 2;
}

function expectSame(cached: Result, plain: Result, build: GeneratedBuild): void {
  const [found, expected] = [cached, plain].map((result) => (result === 'failed' ? result : result.image));
  expect(found, dockerfileOf(build)).toEqual(expected);
}
