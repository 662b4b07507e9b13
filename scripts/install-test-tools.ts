/** Installs what the deeper tests use, where this machine is Debian or its kin and we are root. Says what it did. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { buildTestProot, hasTestProot, PROOT_PACKAGES } from './build-proot.ts';

/** Program → the package that has it. */
const TOOLS: Readonly<Record<string, string>> = {
  'docker-registry': 'docker-registry',
  skopeo: 'skopeo',
  umoci: 'umoci',
  buildah: 'buildah',
  debootstrap: 'debootstrap',
  busybox: 'busybox-static',
  newuidmap: 'uidmap',
  runc: 'runc',
  strace: 'strace',
  getfattr: 'attr',
  setcap: 'libcap2-bin',
  unshare: 'util-linux',
  ip: 'iproute2',
  xz: 'xz-utils',
  bzip2: 'bzip2',
  zstd: 'zstd',
  sudo: 'sudo',
  gcc: 'gcc',
  git: 'git',
  'ssh-keygen': 'openssh-client',
  curl: 'curl',
  openssl: 'openssl',
  htpasswd: 'apache2-utils',
};

const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Returns a sentence or two for the log. Never fails: tests say themselves what they miss. */
export function installTestTools(): string {
  const missing = Object.entries(TOOLS).filter(([program]) => !isInstalled(program));
  if (missing.length === 0 && hasTestProot()) return 'all tools of the deeper tests are there';
  const names = [...missing.map(([program]) => program), ...(hasTestProot() ? [] : ['proot'])].join(', ');
  if (process.getuid?.() !== 0 || !isInstalled('apt-get'))
    return `not there, and not installed without root on Debian: ${names}; tests that need them are skipped`;
  apt(['update', '-qq']);
  return [...installPrograms(missing), ...installProot()].join('; ');
}

function installPrograms(missing: readonly (readonly [string, string])[]): string[] {
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map(([, name]) => name))];
  install(packages);
  const still = missing.filter(([program]) => !isInstalled(program)).map(([program]) => program);
  return [
    still.length === 0 ? `installed ${packages.join(', ')}` : `could not be installed: ${still.join(', ')}`,
  ];
}

function installProot(): string[] {
  if (hasTestProot()) return [];
  install(PROOT_PACKAGES);
  return [buildTestProot()];
}

/** One after another where all at once fails: a release may lack one of them. */
function install(packages: readonly string[]): void {
  if (apt(['install', ...QUIETLY, ...packages])) return;
  for (const name of packages) apt(['install', ...QUIETLY, name]);
}

const QUIETLY = ['-y', '-qq', '--no-install-recommends'];

function apt(words: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr } = spawnSync('apt-get', [...words], { env, encoding: 'utf8' });
  if (status !== 0) console.error(stderr);
  return status === 0;
}

function isInstalled(program: string): boolean {
  return DIRECTORIES.some((directory) => {
    try {
      accessSync(`${directory}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
