import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../e2e/cache.ts';
import { debianLayout } from '../e2e/debian-base.ts';
import { succeed } from '../e2e/execute.ts';
import { USER_ID } from './environment.ts';

/** What an image for CI jobs has, as far as the builder asks for it. */
const PACKAGES = [
  ...['ca-certificates', 'git', 'sudo', 'uidmap', 'strace', 'iproute2', 'attr', 'libcap2-bin', 'xz-utils'],
];

/** A privileged script: newuidmap gets file capabilities in place of its setuid bit, as images for pods do it. */
const FINISH = `
set -e
chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap
setcap cap_setuid=ep /usr/bin/newuidmap
setcap cap_setgid=ep /usr/bin/newgidmap
useradd --uid ${USER_ID} --create-home --shell /bin/sh builder
: >/etc/subuid; : >/etc/subgid
rm -rf /var/lib/apt/lists/* /var/cache/apt/*
`;

/**
 * The root file system of a job's container: Debian with the programs that Node's and CI's images bring, and a user
 * called builder. Made once a day.
 */
export async function jobRoot(): Promise<string> {
  const directory = await cached('job-root', async (fresh) => {
    const root = join(fresh, 'root');
    await succeed('umoci', ['raw', 'unpack', '--image', `${await debianLayout()}/layout:debian`, root]);
    copyFileSync('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
    await inRoot(root, 'apt-get update -qq');
    await inRoot(root, `apt-get install -y -qq --no-install-recommends ${PACKAGES.join(' ')}`);
    await inRoot(root, FINISH);
    for (const path of ['workspace', 'opt/ts-kaniko']) mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, 'etc/resolv.conf'), '');
    rmSync(join(root, 'dev'), { recursive: true });
    mkdirSync(join(root, 'dev'));
  });
  return join(directory, 'root');
}

/** Runs a shell command with another root, and a /proc and /dev of its own, in namespaces that end with it. */
async function inRoot(root: string, command: string): Promise<void> {
  const script = `
    set -e
    mount -t proc proc "$1/proc"
    mount -t tmpfs -o mode=755 tmpfs "$1/dev"
    for name in null zero full random urandom; do cp -a "/dev/$name" "$1/dev/$name"; done
    exec chroot "$1" /bin/sh -c "$2"`;
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  await succeed('unshare', [...namespaces, '--', 'sh', '-c', script, 'sh', root, command], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
  });
}
