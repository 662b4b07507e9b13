import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flatten, FLATTEN_TOOLS, type Flattened } from '../differential/flatten.ts';
import { debianLayout, noDebian } from '../e2e/debian-base.ts';
import { succeed } from '../e2e/execute.ts';
import { installProgram, type Program } from '../e2e/program.ts';
import { REGISTRY_TOOLS, startTestRegistry, type TestRegistry } from '../e2e/registry.ts';
import { missing } from '../e2e/requirements.ts';
import { UNPACK_TOOLS } from '../e2e/unpacked.ts';
import { builderImage, type BuilderImage } from './builder-image.ts';
import { jobRoot } from './job-root.ts';
import { CONTAINER_TOOLS } from './run-container.ts';
import { TEST_PROOT } from './test-proot.ts';

/** What every environment shares: the built program, a registry on the loopback interface with the base image, roots. */
export interface Laboratory {
  readonly program: Program;
  readonly registry: TestRegistry;
  readonly jobRoot: string;
  /** The builder's own image, built when it is first asked for. */
  builderImage(): Promise<BuilderImage>;
  /** Pulls an image that was pushed here and lists what is in it; times from `since` (seconds) on are the build's. */
  imageOf(name: string, since: number): Promise<Flattened>;
  close(): Promise<void>;
}

/** Why no environment can be made here; undefined where they can. */
export async function noLaboratory(): Promise<string | undefined> {
  const tools = [...CONTAINER_TOOLS, ...REGISTRY_TOOLS, ...UNPACK_TOOLS, ...FLATTEN_TOOLS];
  const reason = missing({ root: true, tools }) ?? (await noDebian());
  if (reason !== undefined || existsSync(TEST_PROOT)) return reason;
  return `not built: ${TEST_PROOT} (scripts/install-test-tools.ts)`;
}

/** Makes everything ready. */
export async function openLaboratory(): Promise<Laboratory> {
  const base = `${await debianLayout()}/layout:debian`;
  const root = await jobRoot();
  const program = installProgram();
  const registry = await startTestRegistry();
  await registry.publish(base, 'library/debian:bookworm');
  let image: Promise<BuilderImage> | undefined;
  return {
    program,
    registry,
    jobRoot: root,
    builderImage: () => (image ??= builderImage(program, registry)),
    imageOf: (name, since) => pull(registry, name, since),
    close: async () => {
      await registry.close();
      program.remove();
    },
  };
}

async function pull({ host }: TestRegistry, name: string, since: number): Promise<Flattened> {
  const directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-pulled-'));
  try {
    mkdirSync(join(directory, 'layout'));
    const from = ['--insecure-policy', 'copy', '--src-tls-verify=false', `docker://${host}/${name}`];
    await succeed('skopeo', [...from, `oci:${directory}/layout:latest`]);
    return await flatten(join(directory, 'layout'), since);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
