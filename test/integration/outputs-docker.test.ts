import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formOf, type GivenForm } from '../../src/request/outputs/image-form.ts';
import type { Output } from '../../src/request/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { startDockerDaemon, type DockerDaemon } from '../support/docker-daemon.ts';
import { noDocker } from '../support/differential/docker-programs.ts';
import { succeed } from '../support/e2e/execute.ts';
import { titled } from '../support/e2e/requirements.ts';

const FORMS: readonly GivenForm[] = [
  { format: 'oci', compression: 'gzip' },
  { format: 'oci', compression: 'zstd', force: true },
  { format: 'oci', compression: 'uncompressed' },
  { format: 'docker', compression: 'gzip' },
  { format: 'docker', compression: 'uncompressed', force: true },
];
const nameOf = ({ format, compression }: GivenForm): string => `${format}-${compression}`;

describe.skipIf(noDocker() !== undefined)(titled('docker', noDocker()), () => {
  let site: BuildSite;
  let docker: DockerDaemon;
  let directory: string;
  beforeAll(async () => {
    site = await openSite();
    directory = mkdtempSync(join(tmpdir(), 'outputs-docker-'));
    docker = await startDockerDaemon({ network: 'host' });
    const outputs = FORMS.flatMap((given): Output[] => {
      const image = (name: string) => ({ names: [name], form: formOf(given), annotations: [] });
      const name = nameOf(given);
      const file = (suffix: string) => ({ kind: 'file', path: join(directory, `${name}${suffix}`) }) as const;
      const pushed: Output[] = [
        { kind: 'registry', byDigest: false, ...image(`${site.registry.host}/${name}:1`) },
        { kind: 'docker', to: file('.tar'), ...image(`loaded/${name}:1`) },
      ];
      if (given.format === 'docker') return pushed;
      return [...pushed, { kind: 'oci-archive', to: file('.oci.tar'), ...image(`loaded/${name}:oci`) }];
    });
    await site.build('FROM base\nCOPY f /f\nRUN cp /f /g\nCMD ["/bin/sh", "-c", "cat /g"]', {
      files: { f: 'text' },
      outputs: { push: false, tags: [], outputs },
    });
  });
  afterAll(async () => {
    await docker.stop();
    rmSync(directory, { recursive: true });
    await site.close();
  });

  const run = async (image: string): Promise<string> =>
    succeed('docker', ['run', '--rm', '--network=none', image], { env: docker.env });

  it.each(FORMS.map((given) => [nameOf(given), given] as const))(
    'takes %s every way',
    async (name, given) => {
      const { env } = docker;
      await succeed('docker', ['pull', '-q', `${site.registry.host}/${name}:1`], { env });
      expect(await run(`${site.registry.host}/${name}:1`)).toBe('text');
      await succeed('docker', ['load', '-q', '-i', join(directory, `${name}.tar`)], { env });
      expect(await run(`loaded/${name}:1`)).toBe('text');
      if (given.format === 'docker') return;
      await succeed('docker', ['load', '-q', '-i', join(directory, `${name}.oci.tar`)], { env });
      expect(await run(`loaded/${name}:oci`)).toBe('text');
    },
  );
});
