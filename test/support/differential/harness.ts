import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ImageBuilder } from './builders.ts';
import { makeContext, type Case } from './cases.ts';
import { beyondBase, type Expected } from './compare.ts';
import { flatten, type Flattened } from './flatten.ts';

/** Builds a case in a fresh directory and tells what came of it, in the form it is recorded. */
export async function outcome(builder: ImageBuilder, it: Case, base: Flattened): Promise<Expected> {
  const directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-differential-'));
  try {
    // BuildKit keeps what it was sent under the last part of this path, and takes files of equal times and sizes from there.
    const context = join(directory, basename(directory));
    await makeContext(it, context);
    const since = Math.floor(Date.now() / 1000);
    const built = await builder.build(it, context, join(directory, 'output'));
    if ('failure' in built) return { from: builder.name, failure: withoutPlaces(built.failure, directory) };
    const image = await flatten(built.layout, since);
    return { from: builder.name, image: beyondBase(image, base, it.ignore) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What a failed build says at its end, without the place it was built in. */
function withoutPlaces(text: string, directory: string): string {
  const last = text.split('\n').filter((line) => line.startsWith('ERROR: ') || /^error/i.test(line));
  return (last.length === 0 ? text.trim().split('\n').slice(-3) : last).join('\n').replaceAll(directory, '');
}
