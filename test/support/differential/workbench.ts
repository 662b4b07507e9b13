import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGISTRY_TOOLS, startTestRegistry } from '../e2e/registry.ts';
import { missing } from '../e2e/requirements.ts';
import { BASE_NAMES, baseLayouts, noBases } from './bases.ts';
import type { ImageBuilder } from './builders.ts';
import { flatten, FLATTEN_TOOLS, type Flattened } from './flatten.ts';
import { ourBuilder } from './ours.ts';

/** What every comparison needs. */
export interface Workbench {
  /** Directory of the layouts of the base images. */
  readonly bases: string;
  /** The base image most cases build upon: the others differ from it in their configs alone. */
  readonly base: Flattened;
  readonly ours: ImageBuilder;
  /** The registry that has the base images below `library/`. */
  readonly host: string;
  close(): Promise<void>;
}

/** Why nothing can be compared here; undefined where it can. */
export function noWorkbench(): string | undefined {
  return missing({ root: true, tools: [...REGISTRY_TOOLS, ...FLATTEN_TOOLS] }) ?? noBases();
}

/** Makes the base images, and a registry that serves them to our builder. */
export async function startWorkbench(): Promise<Workbench> {
  const bases = await baseLayouts();
  const registry = await startTestRegistry();
  const scratch = mkdtempSync(join(tmpdir(), 'ts-kaniko-differential-'));
  const ours = ourBuilder(registry, scratch);
  const close = async (): Promise<void> => {
    await registry.close();
    ours.remove();
    rmSync(scratch, { recursive: true });
  };
  try {
    for (const name of BASE_NAMES)
      await registry.publish(`${join(bases, name)}:latest`, `library/${name}:latest`);
    const base = await flatten(join(bases, 'busybox'), Number.POSITIVE_INFINITY);
    return { bases, base, ours, host: registry.host, close };
  } catch (error) {
    await close();
    throw error;
  }
}
