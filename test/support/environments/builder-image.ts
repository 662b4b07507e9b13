import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flatten, TAG, tagIt, type Flattened } from '../differential/flatten.ts';
import { cached } from '../e2e/cache.ts';
import { succeed } from '../e2e/execute.ts';
import type { Program } from '../e2e/program.ts';
import type { TestRegistry } from '../e2e/registry.ts';

const FLATTENED = 'flattened.json';
const ROOT = join(import.meta.dirname, '../../..');

/** The builder's own image with a shell, built by root of this machine. */
export interface BuilderImage {
  /** The root file system of its containers. */
  readonly root: string;
  /** What is in it; no times. */
  readonly flattened: Flattened;
}

/** docker/Dockerfile, built by the built program. Made once for each program and Dockerfile. */
export async function builderImage(program: Program, { flags }: TestRegistry): Promise<BuilderImage> {
  const directory = await cached(`builder-${identity()}`, async (fresh) => {
    const layout = join(fresh, 'layout');
    const { status, stderr } = await program.cli([
      ...['--context', `dir://${ROOT}`, '--dockerfile', 'docker/Dockerfile', '--no-push'],
      ...['--oci-layout-path', layout, '--destination', 'builder:debug', '--target', 'debug', ...flags],
    ]);
    if (status !== 0) throw new Error(`the builder's image cannot be built:\n${stderr.slice(-4000)}`);
    tagIt(layout);
    await succeed('umoci', ['raw', 'unpack', '--image', `${layout}:${TAG}`, join(fresh, 'root')]);
    writeFileSync(join(fresh, FLATTENED), JSON.stringify(await flatten(layout, 0)));
    rmSync(layout, { recursive: true });
  });
  const flattened = JSON.parse(readFileSync(join(directory, FLATTENED), 'utf8')) as Flattened;
  return { root: join(directory, 'root'), flattened };
}

function identity(): string {
  const hash = createHash('sha256');
  for (const directory of ['docker', 'dist/cli', 'dist/builder']) {
    for (const entry of readdirSync(join(ROOT, directory), { withFileTypes: true }))
      if (entry.isFile()) hash.update(readFileSync(join(ROOT, directory, entry.name)));
  }
  return hash.digest('hex').slice(0, 16);
}
