import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TAG, tagIt } from '../differential/flatten.ts';
import { cached } from '../e2e/cache.ts';
import { succeed } from '../e2e/execute.ts';
import type { Program } from '../e2e/program.ts';
import type { TestRegistry } from '../e2e/registry.ts';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * The root file system of a container of the builder's own image: docker/Dockerfile, built by the built program. Made once
 * for each program and Dockerfile.
 */
export async function builderRoot(program: Program, { flags }: TestRegistry): Promise<string> {
  const directory = await cached(`builder-${identity()}`, async (fresh) => {
    const layout = join(fresh, 'layout');
    const { status, stderr } = await program.cli([
      ...['--context', `dir://${ROOT}`, '--dockerfile', 'docker/Dockerfile', '--no-push'],
      ...['--oci-layout-path', layout, '--destination', 'builder:debug', '--target', 'debug', ...flags],
    ]);
    if (status !== 0) throw new Error(`the builder's image cannot be built:\n${stderr.slice(-4000)}`);
    tagIt(layout);
    await succeed('umoci', ['raw', 'unpack', '--image', `${layout}:${TAG}`, join(fresh, 'root')]);
    rmSync(layout, { recursive: true });
  });
  return join(directory, 'root');
}

function identity(): string {
  const hash = createHash('sha256');
  for (const directory of ['docker', 'dist/cli', 'dist/builder']) {
    for (const entry of readdirSync(join(ROOT, directory), { withFileTypes: true }))
      if (entry.isFile()) hash.update(readFileSync(join(ROOT, directory, entry.name)));
  }
  return hash.digest('hex').slice(0, 16);
}
