import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execute, succeed } from '../e2e/execute.ts';
import { BASE_NAMES } from './bases.ts';
import type { ImageBuilder } from './builders.ts';
import { startDockerDaemon } from '../docker-daemon.ts';

export interface BuildKit extends ImageBuilder {
  stop(): Promise<void>;
}

const NO_PROVENANCE = ['--provenance=false', '--sbom=false'];

/**
 * Starts a dockerd of our own on a socket in a fresh directory and gives it the base images. Throws with what it said
 * where it does not start. No other docker is ever talked to.
 */
export async function startBuildKit(bases: string): Promise<BuildKit> {
  const { env, directory, version, enter, stop } = await startDockerDaemon({ network: 'none' });
  try {
    for (const base of BASE_NAMES) await load(join(bases, base), base, directory, env);
    return {
      name: `BuildKit of Docker ${version}`,
      enter,
      build: async (it, context, output) => {
        const exporter = ['--output', `type=oci,tar=false,dest=${output}`];
        const words = [
          'buildx',
          'build',
          '--progress=plain',
          '--no-cache',
          '--network=host',
          ...NO_PROVENANCE,
          ...exporter,
        ];
        const { status, stderr } = await execute('docker', [...words, ...it.flags, it.context ?? context], {
          env,
        });
        return status === 0 ? { layout: output } : { failure: stderr };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function load(
  layout: string,
  name: string,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const archive = join(directory, 'base.tar');
  const from = ['--insecure-policy', 'copy', '--quiet', `oci:${layout}:latest`];
  await succeed('skopeo', [...from, `docker-archive:${archive}:${name}:latest`]);
  await succeed('docker', ['load', '--quiet', '--input', archive], { env });
  rmSync(archive);
}
