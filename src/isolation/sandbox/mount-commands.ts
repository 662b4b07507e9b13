import type { SandboxTools } from '../sandbox-tools.ts';
import type { SandboxMount } from './sandbox-spec.ts';
import { shellCommand, shellWord } from './shell-words.ts';

export interface MountPlace {
  readonly rootDir: string;
  readonly tools: SandboxTools;
  /** An empty directory outside the root, for a file system in memory that holds the secrets. */
  readonly secretsDirectory: string;
  /** Whether files can be given to anybody; else there is one user, who may read all. */
  readonly ownership: boolean;
  /** The restrictions (`nosuid`, `nodev`, `noexec`) under which a path of this machine is mounted. */
  restrictionsOf(path: string): readonly string[];
}

/** Bytes in one command: shells read scripts line by line. */
const CHUNK_BYTES = 2048;

/**
 * Lines of a shell script that make the mounts of a RUN. Secrets are part of the script, which a shell reads from a pipe:
 * their content is never an argument of a program and never on a disk.
 */
export function mountCommands(mounts: readonly SandboxMount[], place: MountPlace): string[] {
  const commands = new MountCommands(place);
  const hasSecrets = mounts.some(({ kind }) => kind === 'secret');
  return [
    ...(hasSecrets ? commands.memoryForSecrets() : []),
    ...mounts.flatMap((mount, index) => [...commands.target(mount), ...commands.mount(mount, index)]),
  ];
}

class MountCommands {
  readonly #place: MountPlace;

  constructor(place: MountPlace) {
    this.#place = place;
  }

  memoryForSecrets(): string[] {
    const { tools, secretsDirectory } = this.#place;
    const options = 'mode=0700,nosuid,nodev,noexec';
    return [shellCommand([tools.mount, '-n', '-t', 'tmpfs', '-o', options, 'secrets', secretsDirectory])];
  }

  /** Makes the target where it lies in a file system that is only just mounted. */
  target(mount: SandboxMount): string[] {
    if (mount.create === undefined) return [];
    const path = this.#inRoot(mount.target);
    const directory = mount.create === 'directory' ? path : path.slice(0, path.lastIndexOf('/'));
    const made = shellCommand([this.#place.tools.mkdir, '-p', '-m', '755', '--', directory]);
    return mount.create === 'directory' ? [made] : [made, `: >>${shellWord(path)}`];
  }

  mount(mount: SandboxMount, index: number): string[] {
    switch (mount.kind) {
      case 'bind':
        return [this.#bind(mount.source, mount.target, ['nodev', ...(mount.readOnly ? ['ro'] : [])])];
      case 'tmpfs':
        return [this.#tmpfs(mount)];
      case 'secret':
        return this.#secret(mount, `${this.#place.secretsDirectory}/${index}`);
    }
  }

  #bind(source: string, target: string, options: readonly string[]): string {
    const { tools, restrictionsOf } = this.#place;
    const all = ['bind', ...new Set([...restrictionsOf(source), ...options])].join(',');
    return shellCommand([tools.mount, '-n', '-o', all, source, this.#inRoot(target)]);
  }

  #tmpfs({ sizeBytes, readOnly, target }: Extract<SandboxMount, { readonly kind: 'tmpfs' }>): string {
    const size = sizeBytes === undefined || sizeBytes === 0 ? [] : [`size=${sizeBytes}`];
    const options = ['mode=1777', 'nosuid', 'nodev', ...size, ...(readOnly ? ['ro'] : [])].join(',');
    const { tools } = this.#place;
    return shellCommand([tools.mount, '-n', '-t', 'tmpfs', '-o', options, 'tmpfs', this.#inRoot(target)]);
  }

  #secret(
    { content, mode, uid, gid, target }: Extract<SandboxMount, { readonly kind: 'secret' }>,
    file: string,
  ): string[] {
    const { tools, ownership } = this.#place;
    return [
      ...writeCommands(content, file),
      ...(ownership ? [shellCommand([tools.chown, `${uid}:${gid}`, file])] : []),
      shellCommand([tools.chmod, mode.toString(8).padStart(4, '0'), file]),
      this.#bind(file, target, ['ro', 'nosuid', 'nodev', 'noexec']),
    ];
  }

  #inRoot(target: string): string {
    return `${this.#place.rootDir}${target}`;
  }
}

/** printf(1) is part of every shell; octal digits stand for any byte. */
function writeCommands(content: Uint8Array, file: string): string[] {
  const commands = [`: >${shellWord(file)}`];
  for (let at = 0; at < content.length; at += CHUNK_BYTES) {
    const digits = Array.from(
      content.subarray(at, at + CHUNK_BYTES),
      (byte) => `\\${byte.toString(8).padStart(3, '0')}`,
    );
    commands.push(`printf '${digits.join('')}' >>${shellWord(file)}`);
  }
  return commands;
}
