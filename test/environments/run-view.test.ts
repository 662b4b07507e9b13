import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAccount, noAccount, type Account } from '../support/e2e/account.ts';
import { busyboxLayout, noBusyboxBase } from '../support/e2e/busybox-base.ts';
import type { Executed } from '../support/e2e/execute.ts';
import { titled } from '../support/e2e/requirements.ts';
import { makeWorkplace } from '../support/e2e/workplace.ts';
import { buildIn } from '../support/environments/build-in.ts';
import { ENVIRONMENTS } from '../support/environments/environment.ts';
import { noLaboratory, openLaboratory, type Laboratory } from '../support/environments/laboratory.ts';

const reason = (await noLaboratory()) ?? noAccount() ?? noBusyboxBase();
const VIEW = join(import.meta.dirname, 'view');
const builder = ENVIRONMENTS.find(({ name }) => name === 'E1');

const EXPECTED = {
  ...{ umask: '0022', user: '0 0 0', directory: '/', stdin: '/dev/null', descriptors: 'probed' },
  nodes: 'null zero full random urandom tty',
  directories: '/dev/pts 755 /dev/shm 1777 /dev/mqueue 1777',
  ...{ links: 'fd stdin stdout stderr ptmx', nothing: '3', shared: '32', limits: '500 600', hosts: '1' },
  ...{ name: 'the same', builder: '0', kernel: '/proc/sys/kernel /sys/kernel' },
  ...{ daemon: '0', zombies: 'passed', left: '0', other: '1000:1000 0022 1000' },
};

/** The container's own are what a RUN in its root has (docs/isolation.md). */
const IN_PLACE = { ...EXPECTED, shared: '64', hosts: '0', builder: '1' };

/** Whether root builds, and what a RUN sees. */
const WAYS = [
  { isolation: 'mountns', isRoot: true, expected: EXPECTED },
  { isolation: 'userns-identity', isRoot: true, expected: EXPECTED },
  { isolation: 'userns-full', isRoot: false, expected: EXPECTED },
  { isolation: 'userns-single', isRoot: false, expected: EXPECTED },
  { isolation: 'inplace', isRoot: true, expected: IN_PLACE },
] as const;
type Way = (typeof WAYS)[number];

describe.skipIf(reason !== undefined)(
  titled('what a RUN sees, and what of it is in the image', reason),
  () => {
    let laboratory: Laboratory;
    let account: Account;
    let files: Readonly<Record<string, string>> | undefined;

    beforeAll(async () => {
      [laboratory, account] = [await openLaboratory(), await makeAccount()];
      await laboratory.registry.publish(`${await busyboxLayout()}/layout:busybox`, 'library/busybox:latest');
    });
    afterAll(async () => {
      await laboratory?.close();
      await account?.remove();
    });

    /** Builds a context in this way, on this machine or in a container. */
    const build = async (
      { isolation, isRoot }: Way,
      context: string,
      flags: readonly string[],
    ): Promise<Executed> => {
      const words = ['--isolation', isolation, ...flags, ...laboratory.registry.flags];
      if (isolation === 'inplace')
        return buildIn(builder!, laboratory, {
          context,
          flags: ['--context', 'dir:///workspace/context', ...words],
        });
      const place = makeWorkplace({}, isRoot ? undefined : account);
      try {
        cpSync(context, place.context, { recursive: true, preserveTimestamps: true });
        return await laboratory.program.cli(['--context', place.context, ...words], {
          as: isRoot ? undefined : account,
          home: place.home,
          env: { TMPDIR: place.scratch },
        });
      } finally {
        place.remove();
      }
    };

    it.each(WAYS)('$isolation: it is the same everywhere', async (way) => {
      const name = `view:${way.isolation}`;
      const since = Math.floor(Date.now() / 1000);
      const { status, stdout, stderr } = await build(way, VIEW, [
        ...['--destination', `${laboratory.registry.host}/${name}`, '--add-host', 'some.where=10.1.2.3'],
        ...['--shm-size', '32m', '--ulimit', 'nofile=500:600'],
      ]);
      const log = stdout + stderr;
      expect([status, log]).toEqual([0, expect.stringContaining(`isolation: ${way.isolation}`)]);
      const seen = Object.fromEntries(
        [...log.matchAll(/^#\d+ view (\S+) (.*)$/gm)].map(([, about = '', value]) => [about, value]),
      );
      expect(seen['resolver']).toMatch(/^[0-9a-f]{32} {2}-$/);
      delete seen['resolver'];
      expect(seen).toEqual(way.expected);
      // What the image says and nothing else.
      const variables = [...log.matchAll(/^#\d+ ([A-Za-z_]\w*=.*)$/gm)].map(([, line]) => line);
      expect(variables.sort()).toEqual([
        ...["A=it's a value", 'B=b', 'HOME=/root'],
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ]);
      const image = await laboratory.imageOf(name, since);
      files ??= image.files;
      expect(image.files).toEqual(files);
      const added = Object.keys(image.files).filter((path) => /^\/?(dev|proc|sys|run|tmp)\//.test(path));
      expect(added).toEqual([]);
    });

    it.each(WAYS)('$isolation: --network=none has no network, or is refused', async (way) => {
      const context = mkdtempSync(join(tmpdir(), 'ts-kaniko-network-'));
      chmodSync(context, 0o755);
      cpSync(join(VIEW, 'Dockerfile.network'), join(context, 'Dockerfile'));
      const { status, stderr } = await build(way, context, ['--no-push']);
      rmSync(context, { recursive: true });
      if (way.isolation === 'inplace')
        expect([status, stderr]).toEqual([
          69,
          expect.stringContaining('RUN --network=none cannot be had here'),
        ]);
      else expect([status, stderr]).toEqual([0, expect.stringMatching(/^#\d+ devices lo:$/m)]);
    });
  },
);
