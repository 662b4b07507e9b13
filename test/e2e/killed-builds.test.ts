import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeIsolation } from '../../src/isolation/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { makeAccount, noAccount, type Account } from '../support/e2e/account.ts';
import type { Ids } from '../support/e2e/execute.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { TOOL_PATH, titled } from '../support/e2e/requirements.ts';
import { mountsOf } from '../support/e2e/traces.ts';
import { makeWorkplace, type Workplace } from '../support/e2e/workplace.ts';

const reason = noAccount();
const KILLS = 20;

/** Steps that make, unpack, run and change owners; directories that their owner alone may enter. */
const DOCKERFILE = `FROM BASE AS first
RUN mkdir -p /deep/er && echo a > /deep/er/file && chown -R 1000:1000 /deep && chmod -R 500 /deep
RUN sleep 0.2 && rm -rf /deep/er && mkdir /other && chown 7:7 /other
FROM BASE
COPY --from=first --chown=33:33 /deep /deep
RUN mv /deep /moved && chmod 000 /moved && chown 99:99 /moved`;

let site: BuildSite;
let program: Program;
let account: Account;
beforeAll(async () => {
  if (reason !== undefined) return;
  [site, account] = [await openSite(), await makeAccount()];
  program = installProgram();
});
afterAll(async () => {
  program?.remove();
  await site?.close();
  await account?.remove();
});

interface Build {
  readonly status: number | null;
  readonly said: string;
  readonly milliseconds: number;
}

/** Root needs no map, and has none but the whole one. */
function ownerOf(isolation: string): Ids | undefined {
  return ['userns-full', 'userns-single'].includes(isolation) ? account : undefined;
}

/** Builds, and kills the process after so many milliseconds. */
async function build(place: Workplace, isolation: string, killAfter?: number): Promise<Build> {
  const [node, entry] = program.command;
  const { uid, gid } = ownerOf(isolation) ?? {};
  const words = ['--context', place.context, '--no-push', '--isolation', isolation];
  const started = performance.now();
  const child = spawn(node, [entry, ...words, '--insecure-registry', site.registry.host], {
    uid,
    gid,
    cwd: '/',
    env: { PATH: TOOL_PATH, HOME: place.home, TMPDIR: place.scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (killAfter !== undefined)
    await Promise.race([ended, delay(killAfter).then(() => child.kill('SIGKILL'))]);
  const status = await ended;
  return { status, said, milliseconds: performance.now() - started };
}

const ISOLATIONS = ['mountns', 'userns-identity', 'userns-full', 'userns-single'] as const;
const usable = new Set<string>(
  (await probeIsolation({ scratchParent: '/tmp', env: { PATH: TOOL_PATH } })).results
    .filter(({ usable: works }) => works)
    .map(({ backend }) => backend),
);
/** What a user alone can have does not show in root's probe. */
const cannot = (name: string): boolean => !name.startsWith('userns-') && !usable.has(name);

describe.skipIf(reason !== undefined)(titled('builds that are killed at random moments', reason), () => {
  it.skipIf(ISOLATIONS.some(cannot)).each(ISOLATIONS)(
    'under %s: the next one works and leaves nothing behind',
    async (isolation) => {
      const files = { Dockerfile: DOCKERFILE.replaceAll('BASE', site.base) };
      const place = makeWorkplace(files, ownerOf(isolation));
      chmodSync(place.scratch, 0o700);
      try {
        const whole = await build(place, isolation);
        expect([whole.status, whole.said]).toEqual([0, expect.stringContaining('scratch space: ')]);
        let left = 0;
        for (let kills = 0; kills < KILLS; kills++) {
          const moment = Math.round(Math.random() * whole.milliseconds);
          await build(place, isolation, moment);
          left += place.leftovers().length;
        }
        expect(left).toBeGreaterThan(0);
        const last = await build(place, isolation);
        expect([last.status, last.said]).toEqual([0, expect.not.stringContaining('left behind')]);
        expect(place.leftovers()).toEqual([]);
        expect(mountsOf(place.scratch)).toEqual([]);
      } finally {
        place.remove();
      }
    },
  );

  it('do not touch what a living build has', async () => {
    const dockerfile = `FROM BASE\nRUN sleep 4 && echo it is all there\nRUN ls /etc/passwd`;
    const place = makeWorkplace({ Dockerfile: dockerfile.replaceAll('BASE', site.base) });
    const others = makeWorkplace({ Dockerfile: DOCKERFILE.replaceAll('BASE', site.base) });
    try {
      const living = build(place, 'mountns');
      const beside = { ...others, scratch: place.scratch };
      await build(beside, 'mountns', 1500);
      expect((await build(beside, 'mountns')).status).toBe(0);
      expect(await living).toMatchObject({ status: 0, said: expect.stringContaining('it is all there') });
      expect(place.leftovers()).toEqual([]);
    } finally {
      for (const made of [place, others]) made.remove();
    }
  });
});
