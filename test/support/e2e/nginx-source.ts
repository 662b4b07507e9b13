import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { DEBIAN_KEYRING, DEBIAN_SUITE, debianMirror } from './debian-base.ts';
import { succeed } from './execute.ts';

/** The release tarball nginx.org published, as Debian's source package has it: the path of nginx_*.orig.tar.gz. */
export async function nginxTarball(): Promise<string> {
  const directory = await cached('nginx-source', async (fresh) => {
    const apt = join(fresh, 'apt');
    mkdirSync(join(apt, 'lists/partial'), { recursive: true });
    mkdirSync(join(apt, 'cache/archives/partial'), { recursive: true });
    const list = join(apt, 'sources.list');
    writeFileSync(
      list,
      `deb-src [signed-by=${DEBIAN_KEYRING}] ${await debianMirror()} ${DEBIAN_SUITE} main\n`,
    );
    const settings = aptSettings(apt, list);
    await succeed('apt-get', [...settings, 'update']);
    await succeed('apt-get', [...settings, 'source', '--download-only', 'nginx'], { cwd: apt });
    const tarball = tarballIn(apt);
    renameSync(join(apt, tarball), join(fresh, tarball));
    rmSync(apt, { recursive: true });
  });
  return join(directory, tarballIn(directory));
}

/** apt with nothing but this list of sources, all its state below one directory. */
function aptSettings(directory: string, list: string): string[] {
  return [
    `Dir::Etc::SourceList=${list}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${directory}/lists`,
    `Dir::Cache=${directory}/cache`,
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
}

function tarballIn(directory: string): string {
  const found = readdirSync(directory).find((name) => /^nginx_.*\.orig\.tar\.gz$/.test(name));
  if (found === undefined) throw new Error(`no nginx_*.orig.tar.gz in ${directory}`);
  return found;
}
