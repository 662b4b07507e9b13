import { spawnSync } from 'node:child_process';
import { accessSync, constants, lstatSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fromText, type BytePath } from '../../src/bytes/index.ts';
import type { LocalBlobStore } from '../../src/content/index.ts';
import { assembleImage, type Image } from '../../src/image/index.ts';
import { writeLayer } from '../../src/layer/index.ts';
import { platformOfMachine } from '../../src/oci/index.ts';
import { NO_XATTRS, type TarMember } from '../../src/tar/index.ts';

const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** Enough of a system to try a builder on. */
export const TOOLS = [
  ...[
    'sh',
    'cat',
    'chmod',
    'chown',
    'cp',
    'cut',
    'date',
    'dd',
    'echo',
    'env',
    'false',
    'grep',
    'head',
    'id',
    'ln',
  ],
  ...[
    'ls',
    'mkdir',
    'mkfifo',
    'mv',
    'printf',
    'pwd',
    'readlink',
    'rm',
    'rmdir',
    'sed',
    'seq',
    'sleep',
    'sort',
  ],
  ...['stat', 'tail', 'touch', 'tr', 'true', 'uname', 'wc'],
];

/** A small base image made of this machine's own shell, core utilities and their libraries; the same each time. */
export async function machineBase(store: LocalBlobStore): Promise<Image> {
  const tree = new Tree();
  for (const directory of ['/tmp', '/etc', '/root', '/usr/bin', '/bin']) tree.directory(directory);
  tree.text(
    '/etc/passwd',
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  );
  tree.text('/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  for (const name of TOOLS) tree.program(name);
  const layer = await writeLayer(tree.members(), store, { fixedMtimeNs: 0n });
  return assembleImage({
    config: {
      ...platformOfMachine(process.arch),
      created: '1970-01-01T00:00:00Z',
      config: { Env: [`PATH=${DIRECTORIES.join(':')}`], Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
      history: [{ created: '1970-01-01T00:00:00Z', created_by: 'shell and core utilities of this machine' }],
    },
    layers: [layer],
  });
}

/** Members by path, with every directory they need. */
class Tree {
  readonly #members = new Map<string, TarMember>();

  members(): TarMember[] {
    return [...this.#members.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  directory(path: string): void {
    if (path === '/' || this.#members.has(path)) return;
    this.directory(dirname(path));
    this.#add(path, { type: 'directory', mode: path === '/tmp' ? 0o1777 : 0o755 });
  }

  text(path: string, text: string): void {
    const bytes = Buffer.from(text);
    this.#file(path, 0o644, bytes);
  }

  /** A program by name, at `/bin/<name>`, with the libraries it is linked with. */
  program(name: string): void {
    const found = findProgram(name);
    if (found === undefined) return;
    const real = realpathSync(found);
    this.#copy(real, `/bin/${name}`, 0o755);
    for (const library of librariesOf(real)) this.#copy(library, library, 0o755);
  }

  #copy(source: string, target: string, mode: number): void {
    if (this.#members.has(target)) return;
    this.#file(target, mode, readFileSync(source));
  }

  #file(path: string, mode: number, bytes: Uint8Array): void {
    this.directory(dirname(path));
    this.#add(path, { type: 'file', mode, size: bytes.length, content: { kind: 'bytes', bytes } });
  }

  #add(path: string, entry: Partial<TarMember> & Pick<TarMember, 'type' | 'mode'>): void {
    this.#members.set(path, {
      path: fromText(path.slice(1)),
      uid: 0,
      gid: 0,
      size: 0,
      mtimeNs: 0n,
      linkname: '' as BytePath,
      devMajor: 0,
      devMinor: 0,
      xattrs: NO_XATTRS,
      ...entry,
    });
  }
}

function findProgram(name: string): string | undefined {
  return DIRECTORIES.map((directory) => join(directory, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The paths ldd(1) tells: the libraries and the loader; none for a static program. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  const paths = [...(stdout ?? '').matchAll(/(?:=>\s*|^\s*)(\/\S+)/gm)].map(([, path]) => path ?? '');
  return [...new Set(paths.map((path) => resolve(path)).filter(isFile))];
}

function isFile(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true || (stat?.isSymbolicLink() === true && readlinkSync(path) !== '');
}
