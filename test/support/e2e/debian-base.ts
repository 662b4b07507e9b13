import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { execute, succeed } from './execute.ts';
import { missing } from './requirements.ts';

export const DEBIAN_SUITE = 'bookworm';
export const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const FALLBACK_MIRROR = 'http://deb.debian.org/debian/';

/** Programs that make the base image. */
const DEBIAN_TOOLS = ['debootstrap', 'unshare', 'tar', 'umoci', 'curl', 'apt-get'];

/** What the official image sets, for the same reasons: no time lost on fsync, no package files left in layers. */
const SETTINGS: Readonly<Record<string, string>> = {
  'etc/dpkg/dpkg.cfg.d/docker-apt-speedup': 'force-unsafe-io\n',
  'etc/apt/apt.conf.d/docker-clean':
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n' +
    'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n',
  'etc/apt/apt.conf.d/docker-no-languages': 'Acquire::Languages "none";\n',
};

/** debootstrap mounts and enters its target: that stays in a mount namespace of its own, gone before anything is removed. */
const BOOTSTRAP = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', 'debootstrap'];

/** Why no Debian image can be made here; undefined where one can. */
export async function noDebian(): Promise<string | undefined> {
  const reason = missing({ root: true, tools: DEBIAN_TOOLS });
  if (reason !== undefined) return reason;
  if (!existsSync(DEBIAN_KEYRING)) return `not installed: ${DEBIAN_KEYRING} (debian-archive-keyring)`;
  const release = `${await debianMirror()}dists/${DEBIAN_SUITE}/InRelease`;
  const { status } = await execute('curl', ['-sSfL', '--retry', '2', '-m', '60', '-o', '/dev/null', release]);
  return status === 0 ? undefined : `the Debian mirror cannot be reached: ${release}`;
}

/** The URL, with a slash at its end, this machine's own apt takes Debian from. */
export async function debianMirror(): Promise<string> {
  const format = ['indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages'];
  const { stdout } = await execute('apt-get', format);
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return lines.find(([, release]) => release === DEBIAN_SUITE)?.[0] ?? FALLBACK_MIRROR;
}

/** An OCI layout with a minimal Debian as `debian`, made by debootstrap and umoci once a day. */
export function debianLayout(): Promise<string> {
  return cached(`debian-${DEBIAN_SUITE}`, async (directory) => {
    const root = join(directory, 'root');
    const layer = join(directory, 'layer.tar');
    const args = [
      '--variant=minbase',
      `--keyring=${DEBIAN_KEYRING}`,
      DEBIAN_SUITE,
      root,
      await debianMirror(),
    ];
    await succeed('unshare', [...BOOTSTRAP, ...args]);
    adapt(root);
    await succeed('tar', ['--create', '--file', layer, '--numeric-owner', '--sort=name', '-C', root, '.']);
    await importLayer(directory, layer);
    for (const path of [root, layer]) rmSync(path, { recursive: true });
    chmodSync(directory, 0o755);
  });
}

function adapt(root: string): void {
  for (const [path, text] of Object.entries(SETTINGS)) writeFileSync(join(root, path), text);
  for (const path of ['var/cache/apt', 'var/lib/apt/lists']) {
    rmSync(join(root, path), { recursive: true });
    mkdirSync(join(root, path, path.endsWith('apt') ? 'archives/partial' : 'partial'), { recursive: true });
  }
}

async function importLayer(directory: string, layer: string): Promise<void> {
  const layout = join(directory, 'layout');
  const image = `${layout}:debian`;
  await succeed('umoci', ['init', '--layout', layout]);
  await succeed('umoci', ['new', '--image', image]);
  await succeed('umoci', ['raw', 'add-layer', '--image', image, layer]);
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  await succeed('umoci', ['config', '--image', image, '--config.env', path, '--config.cmd', 'bash']);
}
