import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fromText } from '../../bytes/index.ts';
import { BuildError } from '../../errors/index.ts';
import { runSync } from '../../process/index.ts';
import { removeTree } from '../../rootfs/index.ts';
import type { SandboxBind, SandboxMount } from '../sandbox/sandbox-spec.ts';
import { ParentTimes } from './parent-times.ts';

interface Placed {
  readonly target: string;
  /** What was there before, out of the way. */
  readonly hidden: string | undefined;
  /** Where changes go when the RUN is over. */
  readonly keptIn: string | undefined;
}

/**
 * What takes the place of mounts where none can be made: copies that lie at the targets for the time of a RUN. What was
 * there before is moved aside and comes back; what RUN wrote into a mount it may write to is moved to its source.
 */
export class PlacedCopies {
  readonly #root: string;
  readonly #aside: string;
  readonly #cp: string;
  readonly #isMountPoint: (path: string) => boolean;
  readonly #placed: Placed[] = [];
  readonly #times = new ParentTimes();

  /** `aside` is an empty directory on the file system of the root. */
  constructor(place: {
    readonly root: string;
    readonly aside: string;
    readonly cp: string;
    isMountPoint(path: string): boolean;
  }) {
    this.#root = place.root;
    this.#aside = place.aside;
    this.#cp = place.cp;
    this.#isMountPoint = (path) => place.isMountPoint(path);
  }

  /** Places a file of the machine, but where the container has a mount of its own. */
  bind({ source, target }: SandboxBind): void {
    if (this.#isMountPoint(this.#inRoot(target))) return;
    this.#place(target, undefined, (path) => this.#copy(source, path));
  }

  mount(mount: SandboxMount): void {
    switch (mount.kind) {
      case 'bind':
        return this.#bindMount(mount);
      case 'tmpfs':
        return this.#place(mount.target, undefined, (path) => {
          mkdirSync(path);
          chmodSync(path, 0o1777);
        });
      case 'secret':
        return this.#place(mount.target, undefined, (path) => {
          writeFileSync(path, mount.content, { mode: 0o600, flag: 'wx' });
          chownSync(path, mount.uid, mount.gid);
          chmodSync(path, mount.mode);
        });
    }
  }

  /** Takes every copy away again, the last first. What RUN put in the place of a directory on the way is not followed. */
  restore(): void {
    this.#times.restore(() => this.#takeAway());
  }

  #takeAway(): void {
    for (const { target, hidden, keptIn } of this.#placed.splice(0).reverse()) {
      if (!this.#isPlain(dirname(target))) continue;
      if (keptIn !== undefined) this.#keep(target, keptIn);
      removeTree(fromText(target));
      if (hidden !== undefined) renameSync(hidden, target);
    }
  }

  #bindMount({ source, target, readOnly }: Extract<SandboxMount, { readonly kind: 'bind' }>): void {
    if (statSync(source).isSocket())
      return this.#place(target, undefined, (path) => symlinkSync(source, path));
    this.#place(target, readOnly ? undefined : source, (path) => this.#copy(source, path));
  }

  #place(target: string, keptIn: string | undefined, make: (path: string) => void): void {
    const path = this.#inRoot(target);
    if (this.#isMountPoint(path)) {
      throw new BuildError(
        'UNSUPPORTED',
        `nothing can be mounted on ${target}: the container has a mount there`,
        {
          hint: 'choose another target for the mount, or another way of --isolation',
        },
      );
    }
    mkdirSync(dirname(path), { recursive: true });
    const present = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    const hidden = present ? join(this.#aside, `${this.#placed.length}`) : undefined;
    this.#times.around(dirname(path), () => {
      if (hidden !== undefined) renameSync(path, hidden);
      this.#placed.push({ target: path, hidden, keptIn });
      make(path);
    });
  }

  #keep(from: string, to: string): void {
    const stat = lstatSync(from, { throwIfNoEntry: false });
    if (stat === undefined || !lstatSync(to).isDirectory() || !stat.isDirectory()) return;
    for (const name of readdirSync(to)) removeTree(fromText(join(to, name)));
    for (const name of readdirSync(from)) this.#move(join(from, name), join(to, name));
  }

  #move(from: string, to: string): void {
    try {
      renameSync(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      this.#copy(from, to);
    }
  }

  #copy(from: string, to: string): void {
    const { status, stderr } = runSync(this.#cp, ['-a', '--reflink=auto', '--', from, to]);
    if (status !== 0) throw new BuildError('FILESYSTEM', `copying ${from} to ${to} failed: ${stderr.trim()}`);
  }

  #inRoot(target: string): string {
    return join(this.#root, target);
  }

  #isPlain(directory: string): boolean {
    if (directory === '/' || directory === this.#root) return true;
    const isDirectory = lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
    return isDirectory && this.#isPlain(dirname(directory));
  }
}
