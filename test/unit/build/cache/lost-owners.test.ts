import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { memoryCache } from '../../../../src/cache/index.ts';
import type { RunRequest } from '../../../../src/build/index.ts';
import { toText } from '../../../../src/bytes/index.ts';
import { buildInMemory } from '../../../support/build-in-memory.ts';

const FILE = [
  'FROM base AS made',
  'RUN x',
  'WORKDIR /w',
  'FROM base',
  'COPY --from=made /file /file',
  'RUN y',
].join('\n');

const run = (unrecorded: readonly string[]) => (request: RunRequest) => {
  writeFileSync(`${toText(request.root.directory)}/file`, 'x');
  return Promise.resolve({ exitCode: 0, unrecorded });
};

it('results that lack owners are taken only where these need not be complete', async () => {
  const cache = memoryCache();
  const spec = { sourceDateEpoch: 1_700_000_000 };
  const strict = { ...spec, strictOwnership: true };
  let time = Date.UTC(2026, 0, 2);
  const ports = { now: () => time++ };
  const hits = async (given: Partial<typeof strict>, unrecorded: readonly string[]): Promise<number> => {
    const built = await buildInMemory(FILE, { cache, spec: given, run: run(unrecorded), ports });
    return built.outcomes.filter(({ hit }) => hit).length;
  };
  expect(await hits(spec, ['all owners'])).toBe(0);
  expect(await hits(spec, ['all owners'])).toBeGreaterThan(0);
  // None of them: neither the RUNs nor what was copied out of the first, nor what came after.
  expect(await hits(strict, [])).toBe(0);
  expect(await hits(strict, [])).toBeGreaterThan(0);
});
