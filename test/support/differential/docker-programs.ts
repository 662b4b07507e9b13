import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findProgram } from '../../../src/process/index.ts';
import { cached } from '../e2e/cache.ts';
import { execute, succeed } from '../e2e/execute.ts';
import { missing, TOOL_PATH } from '../e2e/requirements.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MIRROR = 'http://deb.debian.org/debian/';

/** Newest first: the programs of testing are content with the C library of bookworm. */
const SUITES = ['testing', 'trixie'];
const PACKAGES = ['docker.io', 'docker-cli', 'docker-buildx', 'containerd'];

/** Where buildx lies below a root. */
const PLUGINS = ['usr/libexec/docker/cli-plugins', 'usr/lib/docker/cli-plugins'];

/** dockerd with what it starts, and the client. */
export interface DockerPrograms {
  /** A PATH that finds dockerd, docker, containerd and runc. */
  readonly path: string;
  readonly buildx: string;
}

/** Why there can be no dockerd of our own here; undefined where it is worth a try. */
export function noDocker(): string | undefined {
  return missing({ root: true, tools: ['unshare', 'ip', 'runc', 'apt-get', 'dpkg'] });
}

/**
 * dockerd and its kin, as they are in Debian's packages: unpacked into a directory of ours, so that nothing is installed
 * and no service is started. Machines that have them already are taken as they are. Throws where neither works.
 */
export async function dockerPrograms(): Promise<DockerPrograms> {
  return installed('/', TOOL_PATH) ?? unpackedDocker();
}

function installed(root: string, path: string): DockerPrograms | undefined {
  const programs = ['dockerd', 'docker', 'containerd', 'runc'];
  const buildx = PLUGINS.map((name) => join(root, name, 'docker-buildx')).find((file) => existsSync(file));
  const whole = programs.every((name) => findProgram(name, path) !== undefined);
  return buildx === undefined || !whole ? undefined : { path, buildx };
}

async function unpackedDocker(): Promise<DockerPrograms> {
  const reasons: string[] = [];
  for (const suite of SUITES) {
    const directory = await cached(`docker-${suite}`, (fresh) => download(suite, fresh)).catch(
      (error: unknown) => {
        reasons.push(String(error));
      },
    );
    const programs = directory === undefined ? undefined : await runnable(join(directory, 'root'));
    if (programs !== undefined) return programs;
  }
  throw new Error(`no dockerd: ${reasons.join('\n') || 'those of Debian do not run here'}`);
}

async function runnable(root: string): Promise<DockerPrograms | undefined> {
  const path = [join(root, 'usr/bin'), join(root, 'usr/sbin'), TOOL_PATH].join(delimiter);
  const programs = installed(root, path);
  const { status } = await execute(join(root, 'usr/sbin/dockerd'), ['--version']);
  return status === 0 ? programs : undefined;
}

/** apt with nothing but this suite, all its state below one directory. */
async function download(suite: string, directory: string): Promise<void> {
  const [apt, root] = [join(directory, 'apt'), join(directory, 'root')];
  for (const name of ['lists/partial', 'cache/archives/partial', 'debs'])
    mkdirSync(join(apt, name), { recursive: true });
  const list = join(apt, 'sources.list');
  writeFileSync(list, `deb [signed-by=${KEYRING}] ${MIRROR} ${suite} main\n`);
  const settings = [
    `Dir::Etc::SourceList=${list}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${apt}/lists`,
    `Dir::Cache=${apt}/cache`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
  ].flatMap((setting) => ['-o', setting]);
  await succeed('apt-get', [...settings, '-qq', 'update']);
  const debs = join(apt, 'debs');
  await succeed('apt-get', [...settings, '-qq', 'download', ...PACKAGES], { cwd: debs });
  for (const deb of readdirSync(debs)) await succeed('dpkg', ['-x', join(debs, deb), root]);
  rmSync(apt, { recursive: true });
  chmodSync(directory, 0o755);
}
