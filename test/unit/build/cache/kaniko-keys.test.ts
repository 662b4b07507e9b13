import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KanikoKeys } from '../../../../src/build/cache/kaniko/kaniko-keys.ts';
import { applyToConfig } from '../../../../src/build/instructions/metadata.ts';
import { startStage } from '../../../../src/build/stage-state.ts';
import { openDirectoryContext } from '../../../../src/context/index.ts';
import { buildSpec } from '../../../support/build-spec.ts';
import { planOf } from '../../../support/planning.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kaniko-keys-'));
  writeFileSync(join(directory, 'a.txt'), 'a');
  mkdirSync(join(directory, 'dir'));
  symlinkSync('a.txt', join(directory, 'link'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A key that a stage starts from: what one of kaniko's own tests (test_issue_mz334) has for its first stage. */
const PARENT = '72e9e0e54e4522d381e54427f5ac6f24dd09910e1ff8d4bc7f60d02f54e2cdc3';

/** The keys of the RUN steps of a stage that starts from another one with this key. */
async function keysOf(...lines: readonly string[]): Promise<readonly (string | undefined)[]> {
  const plan = await planOf(['FROM scratch AS first', 'LABEL a=b', 'FROM first', ...lines].join('\n'));
  const [first, last] = plan.stages;
  if (first === undefined || last === undefined) throw new Error('two stages were planned');
  const parent = Object.assign(Object.create(KanikoKeys.prototype) as KanikoKeys, { last: () => PARENT });
  const keys = new KanikoKeys(last, plan, {}, parent);
  const state = startStage(last, startStage(first, undefined, undefined), undefined);
  const context = openDirectoryContext(directory, { dockerfilePath: join(directory, 'Dockerfile') });
  return last.instructions.flatMap((planned) => {
    const { instruction } = planned;
    const isFile = ['run', 'copy', 'add', 'workdir'].includes(instruction.kind);
    if (!isFile) applyToConfig(instruction, state, { ...plan, spec: buildSpec(directory) });
    const key = keys.add(planned, instruction, state, context);
    return instruction.kind === 'run' ? [key] : [];
  });
}

describe("kaniko's keys", () => {
  it('are those of its own tests', async () => {
    expect(await keysOf('RUN touch /bla')).toEqual([
      '3829b10dc17cc7bafd22450e05b7f265b73e94d46b08817d0502848b21dd69aa',
    ]);
  });

  it.each([
    'COPY a.txt /',
    'COPY a.tx[t] link /',
    'WORKDIR /x',
    'USER 1',
    'ENV A=1',
    'LABEL a=$A',
    'ARG A=1',
  ])('go on after %s, and are others', async (line) => {
    const [plain] = await keysOf('RUN touch /bla');
    const [after] = await keysOf(line, 'RUN touch /bla');
    expect(after).toMatch(/^[a-f0-9]{64}$/);
    expect(after).not.toBe(plain);
  });

  it.each([
    'COPY dir /dir',
    'COPY nothing /',
    'COPY --from=first / /',
    'COPY --link a.txt /',
    'COPY --exclude=b a.txt /',
    'COPY <<E /f\ntext\nE',
    'ADD a.txt /',
    'VOLUME /data',
    'USER 1:2',
    'RUN --mount=type=cache,target=/c true',
    'RUN --network=none true',
    'RUN <<E\ntrue\nE',
    'ARG TARGETARCH',
    'ARG PATH=/bin',
  ])('are not told after %s', async (line) => {
    expect((await keysOf(line, 'RUN touch /bla')).at(-1)).toBeUndefined();
  });
});
