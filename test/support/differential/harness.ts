import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ImageBuilder } from './builders.ts';
import { isServed, makeContext, placed, type Case } from './cases.ts';
import { beyondBase, type Expected } from './compare.ts';
import { flatten, type Flattened } from './flatten.ts';
import { ORIGIN, startOrigin, type Origin } from './origin.ts';

/** Builds a case in a fresh directory and tells what came of it, in the form it is recorded. */
export async function outcome(builder: ImageBuilder, it: Case, base: Flattened): Promise<Expected> {
  const directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-differential-'));
  // BuildKit keeps what it was sent under the last part of this path, and takes files of equal times and sizes from there.
  const context = join(directory, basename(directory));
  let origin: Origin | undefined;
  try {
    await makeContext(it, context);
    if (isServed(it)) origin = await startOrigin(context, builder.enter ?? []);
    const url = origin?.url ?? ORIGIN;
    const since = Math.floor(Date.now() / 1000);
    const built = await builder.build(placed(it, context, url), context, join(directory, 'output'));
    const answer: Expected =
      'failure' in built
        ? { from: builder.name, failure: withoutPlaces(built.failure, directory) }
        : {
            from: builder.name,
            image: beyondBase(await flatten(built.layout, since), base, it.ignore),
          };
    return JSON.parse(JSON.stringify(answer).replaceAll(url, ORIGIN)) as Expected;
  } finally {
    await origin?.close();
    rmSync(directory, { recursive: true });
  }
}

/** What a failed build says at its end, without the place it was built in. */
function withoutPlaces(text: string, directory: string): string {
  const last = text.split('\n').filter((line) => line.startsWith('ERROR: ') || /^error/i.test(line));
  return (last.length === 0 ? text.trim().split('\n').slice(-3) : last).join('\n').replaceAll(directory, '');
}
