import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './e2e/cache.ts';
import { execute, succeed } from './e2e/execute.ts';

const PACKAGES = ['qemu-user-static', 'qemu-user'];

/**
 * A directory with the static emulators `qemu-<machine>-static` of Debian's package, unpacked and not installed: nothing is
 * registered with the kernel. Throws where there is no package.
 */
export async function qemuUser(): Promise<string> {
  const directory = await cached('qemu-user', async (fresh) => {
    const debs = join(fresh, 'debs');
    mkdirSync(debs);
    for (const name of PACKAGES) {
      const { status } = await execute('apt-get', ['-qq', 'download', name], { cwd: debs });
      if (status === 0) break;
    }
    for (const deb of readdirSync(debs)) await succeed('dpkg', ['-x', join(debs, deb), fresh]);
    rmSync(debs, { recursive: true });
    if (!existsSync(join(fresh, 'usr/bin'))) throw new Error('apt has no package of qemu');
  });
  return join(directory, 'usr/bin');
}
