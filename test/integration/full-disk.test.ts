import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { execute, type Executed } from '../support/e2e/execute.ts';
import { titled } from '../support/e2e/requirements.ts';
import { noRootSandbox } from '../support/sandbox-report.ts';

const reason = noRootSandbox();
const CLI = join(import.meta.dirname, '../../src/cli/index.ts');

describe.skipIf(reason !== undefined)(titled('a scratch directory that fills up', reason), () => {
  let site: BuildSite;
  let directory: string;
  beforeAll(async () => {
    site = await openSite();
    directory = mkdtempSync(join(tmpdir(), 'full-disk-'));
    for (const name of ['context', 'small']) mkdirSync(join(directory, name));
  });
  afterAll(async () => {
    await site?.close();
    rmSync(directory, { recursive: true });
  });

  /** Builds with a scratch directory of so many megabytes, which is mounted for this build alone. */
  const buildWithin = (megabytes: number, dockerfile: string): Promise<Executed> => {
    writeFileSync(
      join(directory, 'context/Dockerfile'),
      dockerfile.replace('FROM base', `FROM ${site.base}`),
    );
    const small = join(directory, 'small');
    const mounted = `mount -t tmpfs -o size=${megabytes}m tmpfs "$0" && exec "$@"`;
    return execute('unshare', [
      ...['--mount', '--propagation', 'private', '--', 'sh', '-c', mounted, small, process.execPath, CLI],
      ...['build', '--context', join(directory, 'context'), '--no-push', '--scratch-dir', small],
      ...['--isolation', 'mountns', '--insecure-registry', site.registry.host],
    ]);
  };

  it.each([
    ['a layer of the base', 2, 'FROM base\nRUN true\n'],
    ['a file of the context', 60, 'FROM base\nCOPY big /\nRUN true\n'],
    ['a RUN', 60, 'FROM base\nRUN head -c 200000000 /dev/zero > /big\n'],
  ])('by %s ends the build with a hint', async (_, megabytes, dockerfile) => {
    writeFileSync(join(directory, 'context/big'), Buffer.alloc(100 * 1024 ** 2));
    const { status, stderr } = await buildWithin(megabytes, dockerfile);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/no space left on device/i);
    expect(stderr).toMatch(/hint: the disk is full, .*small.*--scratch-dir/);
    expect(stderr).toMatch(/only 0\.\d GiB free/);
  });
});
