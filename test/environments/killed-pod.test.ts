import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyboxLayout, noBusyboxBase } from '../support/e2e/busybox-base.ts';
import { TOOL_PATH, titled } from '../support/e2e/requirements.ts';
import { ENVIRONMENTS } from '../support/environments/environment.ts';
import { noLaboratory, openLaboratory, type Laboratory } from '../support/environments/laboratory.ts';
import { startContainer } from '../support/environments/living-container.ts';
import { TEST_PROOT } from '../support/environments/test-proot.ts';

const reason = (await noLaboratory()) ?? noBusyboxBase();
const PROGRAM = '/opt/ts-kaniko';
/** Where /proc is masked or nothing can be mounted, so that RUN has no process numbers of its own that would end with it. */
const PODS = ENVIRONMENTS.filter(({ name }) => ['E2', 'E3', 'E4'].includes(name));
const STUBBORN = `FROM busybox
RUN trap "" TERM HUP; mkdir /d && chown 5:6 /d; (setsid sh -c 'trap "" TERM; while :; do date >/d/file; sleep 0.1; done' &); sleep 300`;

describe.skipIf(reason !== undefined)(titled('a build that is killed in a pod', reason), () => {
  let laboratory: Laboratory;
  beforeAll(async () => {
    laboratory = await openLaboratory();
    await laboratory.registry.publish(`${await busyboxLayout()}/layout:busybox`, 'library/busybox:latest');
  });
  afterAll(async () => {
    await laboratory?.close();
  });

  it.each(PODS)(
    '$name: what it ran is dead and its files are gone after the next one',
    async (environment) => {
      const volume = mkdtempSync(join(tmpdir(), 'ts-kaniko-volume-'));
      chmodSync(volume, 0o755);
      for (const name of ['stubborn', 'plain', 'scratch']) mkdirSync(join(volume, name));
      writeFileSync(join(volume, 'stubborn/Dockerfile'), STUBBORN);
      writeFileSync(join(volume, 'plain/Dockerfile'), 'FROM busybox\nRUN touch /made\n');
      chownSync(join(volume, 'scratch'), environment.uid, environment.uid);
      const container = await startContainer({
        environment,
        root: laboratory.jobRoot,
        binds: [
          { source: dirname(laboratory.program.command[0]), target: PROGRAM, readOnly: true },
          { source: '/etc/hosts', target: '/etc/hosts', readOnly: true },
          { source: volume, target: '/workspace' },
          ...(environment.proot
            ? [{ source: TEST_PROOT, target: '/usr/local/bin/proot', readOnly: true }]
            : []),
        ],
        process: {
          args: ['sleep', 'infinity'],
          env: { PATH: TOOL_PATH, HOME: '/workspace/scratch', TMPDIR: '/workspace/scratch' },
          cwd: '/workspace',
        },
      });
      const build = (context: string, killAfter?: number) =>
        container.exec(
          [
            ...[`${PROGRAM}/node`, `${PROGRAM}/dist/cli/index.js`, '--context', `/workspace/${context}`],
            ...['--no-push', ...laboratory.registry.flags],
          ],
          killAfter,
        );
      const running = async (): Promise<string> =>
        (await container.exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'])).stdout;
      const left = async (): Promise<string[]> => [
        ...readdirSync(join(volume, 'scratch')),
        ...(await container.exec(['ls', '/dev/shm'])).stdout.split('\n').filter((name) => name !== ''),
      ];
      try {
        const started = performance.now();
        const { stderr } = await build('plain');
        expect(stderr).toContain(environment.proot ? 'isolation: proot' : 'isolation: userns-');
        await build('stubborn', 2 * (performance.now() - started));
        // proot takes all it runs with it.
        expect(/sleep 300|date >/.test(await running())).toBe(!environment.proot);
        expect(await left()).toHaveLength(environment.proot ? 2 : 1);
        const next = await build('plain');
        expect(next.status, next.stderr).toBe(0);
        expect(await running()).not.toMatch(/sleep 300|date >/);
        expect(await left()).toEqual([]);
      } finally {
        await container.close();
        rmSync(volume, { recursive: true });
      }
    },
  );
});
