import { describe, expect, it } from 'vitest';
import { Committer } from '../../../src/build/commit.ts';
import { startStage } from '../../../src/build/stage-state.ts';
import type { PlannedStage } from '../../../src/plan/index.ts';
import { buildSpec } from '../../support/build-spec.ts';
import { FakeStore, file } from '../layer/fixtures.ts';

const STAGE: PlannedStage = {
  index: 0,
  label: 'stage-0',
  from: undefined,
  range: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
  platform: { os: 'linux', architecture: 'amd64' },
  instructions: [],
  base: { kind: 'scratch' },
};

/** A store that counts the layers that are written at the same time. */
class CountingStore extends FakeStore {
  #open = 0;
  most = 0;

  override begin(): ReturnType<FakeStore['begin']> {
    this.most = Math.max(this.most, ++this.#open);
    const ingest = super.begin();
    return {
      ...ingest,
      commit: () => {
        this.#open--;
        return ingest.commit();
      },
    };
  }
}

/** Commits three steps; how many layers were in the making at most, and what came of them. */
async function committed(sparesMemory: boolean, kind: 'gzip' | 'zstd') {
  const store = new CountingStore();
  const nothing = {
    find: () => Promise.resolve(undefined),
    writer: () => Promise.resolve(undefined),
    keep: () => Promise.resolve(),
  };
  const spec = buildSpec('/context', { sparesMemory, compression: { kind } });
  const committer = new Committer(store, spec, nothing, new AbortController().signal);
  const state = startStage(STAGE, undefined, undefined);
  for (const name of ['a', 'b', 'c']) {
    const changes = [{ kind: 'added', member: file(name, name.repeat(3_000_000)) }] as const;
    await committer.step(state, { createdBy: name, changes, stable: true }, 0);
  }
  const layers = await Promise.all(state.layers.map(({ layer }) => layer));
  return { most: store.most, digests: layers.map(({ descriptor }) => descriptor.digest) };
}

describe.each(['gzip', 'zstd'] as const)('layers of %s', (kind) => {
  it('are written one at a time where memory is spared, and are the same', async () => {
    const [plain, sparing] = [await committed(false, kind), await committed(true, kind)];
    expect([plain.most, sparing.most]).toEqual([2, 1]);
    expect(sparing.digests).toEqual(plain.digests);
  });
});
