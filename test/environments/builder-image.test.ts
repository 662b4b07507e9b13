import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { titled } from '../support/e2e/requirements.ts';
import { buildIn } from '../support/environments/build-in.ts';
import { environmentNamed, USER_ID, type TestEnvironment } from '../support/environments/environment.ts';
import { noLaboratory, openLaboratory, type Laboratory } from '../support/environments/laboratory.ts';
import { between } from '../support/environments/outcome.ts';
import { runContainer } from '../support/environments/run-container.ts';

const reason = await noLaboratory();
const ROOT = join(import.meta.dirname, '../..');
/** What docker/Dockerfile copies. */
const FILES = ['docker', 'dist', 'package.json', 'node_modules/node/bin/node'];

/** In a container of the image, whatever the environment's jobs usually run in. */
const inImage = (name: string): TestEnvironment => ({ ...environmentNamed(name), root: 'builder' });

describe.skipIf(reason !== undefined)(titled("the builder's image", reason), () => {
  let laboratory: Laboratory;
  let context: string;

  beforeAll(async () => {
    laboratory = await openLaboratory();
    context = mkdtempSync(join(tmpdir(), 'ts-kaniko-own-context-'));
    for (const name of FILES) {
      mkdirSync(dirname(join(context, name)), { recursive: true });
      if (name.endsWith('/node')) copyFileSync(join(ROOT, name), join(context, name));
      else cpSync(join(ROOT, name), join(context, name), { recursive: true, preserveTimestamps: true });
    }
  });
  afterAll(async () => {
    rmSync(context, { recursive: true, force: true });
    await laboratory?.close();
  });

  /** Builds docker/Dockerfile in a container of the image that this machine's root made of it. */
  const rebuilt = async (name: string): Promise<{ backend: string | undefined; differences: string[] }> => {
    const destination = `builder:${name.toLowerCase()}`;
    const build = await buildIn(inImage(name), laboratory, {
      context,
      flags: [
        ...[
          '--context',
          'dir:///workspace/context',
          '--dockerfile',
          'docker/Dockerfile',
          '--target',
          'debug',
        ],
        ...['--destination', `${laboratory.registry.host}/${destination}`, ...laboratory.registry.flags],
      ],
    });
    expect(build.status, build.stderr.slice(-4000)).toBe(0);
    const { flattened } = await laboratory.builderImage();
    return {
      backend: /isolation: (\S+)/.exec(build.stdout + build.stderr)?.[1],
      differences: between(flattened, await laboratory.imageOf(destination, 0)),
    };
  };

  it.each([
    ['E1', 'inplace'],
    ['E3', 'userns-identity'],
    ['E5', 'proot'],
  ])('builds itself in %s: by %s it is the same, file for file', async (name, backend) => {
    expect(await rebuilt(name)).toEqual({ backend, differences: [] });
  });

  it.each([0, USER_ID])(
    "has a shell, and things where kaniko's users look for them, as uid %i",
    async (uid) => {
      const { root } = await laboratory.builderImage();
      const script =
        'id -u && test -d /kaniko/.docker && /kaniko/executor version && exec executor --help | head -n 1';
      const { status, stdout, stderr } = await runContainer({
        environment: { ...inImage('E2'), uid: uid === 0 ? 0 : USER_ID },
        root,
        binds: [],
        process: {
          args: ['/busybox/sh', '-c', script],
          env: { PATH: '/kaniko/bin:/kaniko:/busybox', HOME: '/kaniko' },
          cwd: '/workspace',
        },
      });
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(new RegExp(`^${uid}\\n.*\\d+\\.\\d+\\.\\d+.*\\n\\S`, 'm'));
    },
  );
});
