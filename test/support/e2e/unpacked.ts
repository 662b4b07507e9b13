import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './execute.ts';

/** An image pulled by skopeo and unpacked by umoci, with what umoci makes of its config for a container runtime. */
export interface Unpacked {
  readonly layout: string;
  readonly rootfs: string;
  readonly process: {
    readonly args: readonly string[];
    readonly env: readonly string[];
    readonly cwd: string;
    readonly user: { readonly uid: number; readonly gid: number };
  };
  remove(): void;
}

/** Programs that pull and unpack. */
export const UNPACK_TOOLS = ['skopeo', 'umoci'];

/** Pulls `host/name:tag` by plain HTTP and unpacks it. Throws with their words where one of the two refuses the image. */
export async function pullAndUnpack(image: string): Promise<Unpacked> {
  const directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-unpacked-'));
  const [layout, bundle] = [join(directory, 'layout'), join(directory, 'bundle')];
  const from = ['--insecure-policy', 'copy', '--src-tls-verify=false', `docker://${image}`];
  await succeed('skopeo', [...from, `oci:${layout}:image`]);
  await succeed('umoci', ['unpack', '--image', `${layout}:image`, bundle]);
  const { process } = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as Pick<
    Unpacked,
    'process'
  >;
  return {
    layout,
    rootfs: join(bundle, 'rootfs'),
    process,
    remove: () => rmSync(directory, { recursive: true }),
  };
}
