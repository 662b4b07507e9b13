import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, succeed } from '../e2e/execute.ts';
import { missing, TOOL_PATH } from '../e2e/requirements.ts';
import type { ImageBuilder } from './builders.ts';
import type { Case } from './cases.ts';

export interface Buildah extends ImageBuilder {
  remove(): void;
}

/** What buildah mounts is gone with the first process of these namespaces. */
const NAMESPACES = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];
/** The image goes into a layout, and out of buildah's own store again. */
const SCRIPT = `
output=$1; shift
buildah build --quiet --iidfile "$output.id" "$@" >&2 && buildah push --quiet "$(cat "$output.id")" "oci:$output:latest"
`;

/** Why buildah cannot be asked here; undefined where it can. */
export function noBuildah(): string | undefined {
  return missing({ root: true, tools: ['buildah', 'unshare'] });
}

/** Debian's buildah with a store of its own; names of docker.io are looked for in the registry at `host`. */
export async function prepareBuildah(host: string): Promise<Buildah> {
  const directory = mkdtempSync(join(tmpdir(), 'tsba-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const storage = { driver: 'vfs', graphroot: join(directory, 'graph'), runroot: join(directory, 'run') };
  const env = {
    PATH: TOOL_PATH,
    HOME: directory,
    TMPDIR: directory,
    LC_ALL: 'C.UTF-8',
    CONTAINERS_REGISTRIES_CONF: file('registries.conf', registriesOf(host)),
    CONTAINERS_STORAGE_CONF: file('storage.conf', `[storage]\n${tomlOf(storage)}`),
    BUILDAH_ISOLATION: 'chroot',
  };
  const policy = file('policy.json', JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  const version = await succeed('buildah', ['--version'], { env });
  return {
    name: version.trim().split(' ').slice(0, 3).join(' '),
    build: async (it, context, output) => {
      const settings = [
        '--signature-policy',
        policy,
        '--no-cache',
        '--layers',
        '--network',
        'host',
        '--identity-label=false',
      ];
      const words = [output, ...settings, ...it.flags, ...dockerfileOf(it, context), it.context ?? context];
      const command = ['sh', '-c', SCRIPT, 'sh', ...words];
      const { status, stderr } = await execute('unshare', [...NAMESPACES, ...command], { env });
      return status === 0 ? { layout: output } : { failure: stderr };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** buildah's first choice is Containerfile, ours Dockerfile. */
function dockerfileOf(it: Case, context: string): string[] {
  const isNamed = it.flags.some((flag) => /^(?:-f|--file|--dockerfile)/.test(flag));
  return isNamed ? [] : ['--file', join(context, 'Dockerfile')];
}

function registriesOf(host: string): string {
  const registry = { prefix: 'docker.io', location: host };
  return `unqualified-search-registries = ["docker.io"]\nshort-name-mode = "disabled"\n[[registry]]\ninsecure = true\n${tomlOf(registry)}`;
}

function tomlOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
    .join('');
}
