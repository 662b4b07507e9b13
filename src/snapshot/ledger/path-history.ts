import { components, joinPath, type BytePath } from '../../bytes/index.ts';

/** What is known of a file since the step began. Names of one file share it. */
export interface Traits {
  uid?: number | undefined;
  gid?: number | undefined;
  /** Who made it. */
  maker?: { readonly uid: number; readonly gid: number };
  /** The owner is root's because every file looks like root's: copied from a file, not chosen. */
  seen?: boolean;
  /** A change of owner took set-id bits, or file capabilities, away after they were last set. */
  bitsCleared?: boolean;
  capabilityCleared?: boolean;
  /** A file capability that is not on the disk. */
  capability?: Uint8Array | undefined;
}

interface Node {
  readonly children: Map<BytePath, Node>;
  /** `same`: what was at this path before. Else the path it had before the step, or none: it is new or gone. */
  origin: 'same' | BytePath | undefined;
  traits: Traits | undefined;
}

/** What became of paths during a step, kept through renames, links and removals. Paths are absolute and free of links. */
export class PathHistory {
  readonly #root = newNode('same');

  /** Where a file was before the step, undefined for new ones; and what is known of it since. */
  at(path: BytePath): { readonly origin: BytePath | undefined; readonly traits: Traits | undefined } {
    let node: Node | undefined = this.#root;
    let origin: BytePath | undefined = '/' as BytePath;
    for (const name of components(path)) {
      node = node?.children.get(name);
      origin = node === undefined || node.origin === 'same' ? origin && joinPath(origin, name) : node.origin;
    }
    return { origin, traits: node?.traits };
  }

  /** Traits of a path to be changed. */
  traits(path: BytePath): Traits {
    return (this.#node(path).traits ??= {});
  }

  /** Something new is at a path. */
  renew(path: BytePath, traits?: Traits): void {
    this.#put(path, newNode(undefined, traits));
  }

  move(from: BytePath, to: BytePath): void {
    const node = this.#take(from);
    this.renew(from);
    this.#put(to, node);
  }

  /** What is at one path will be at another too, everything below it as well. */
  copy(from: BytePath, to: BytePath): void {
    this.#put(to, { ...copyOf(this.#node(from)), origin: this.at(from).origin });
  }

  exchange(a: BytePath, b: BytePath): void {
    const [first, second] = [this.#take(a), this.#take(b)];
    this.#put(b, first);
    this.#put(a, second);
  }

  link(from: BytePath, to: BytePath): void {
    const traits = this.traits(from);
    this.#put(to, newNode(this.at(from).origin, traits));
  }

  /** Every path with traits. */
  *known(): Generator<readonly [BytePath, Traits]> {
    const pending: (readonly [BytePath, Node])[] = [['/' as BytePath, this.#root]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [path, node] = next;
      if (node.traits !== undefined) yield [path, node.traits];
      for (const [name, child] of node.children) pending.push([joinPath(path, name), child]);
    }
  }

  /** The node of a path as it is, its origin settled, so that it can be put elsewhere. */
  #take(path: BytePath): Node {
    const { origin } = this.at(path);
    const node = this.#node(path);
    node.origin = origin;
    return node;
  }

  #put(path: BytePath, node: Node): void {
    const names = components(path);
    const last = names.pop();
    if (last !== undefined) this.#walk(names).children.set(last, node);
  }

  #node(path: BytePath): Node {
    return this.#walk(components(path));
  }

  #walk(names: readonly BytePath[]): Node {
    let node = this.#root;
    for (const name of names) {
      let child = node.children.get(name);
      if (child === undefined) node.children.set(name, (child = newNode('same')));
      node = child;
    }
    return node;
  }
}

function copyOf({ children, origin, traits }: Node): Node {
  const copies = [...children].map(([name, child]) => [name, copyOf(child)] as const);
  return { children: new Map(copies), origin, traits: traits === undefined ? undefined : { ...traits } };
}

function newNode(origin: Node['origin'], traits?: Traits): Node {
  return { children: new Map(), origin, traits };
}
