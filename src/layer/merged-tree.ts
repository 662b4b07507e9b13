import { components, joinPath, type BytePath } from '../bytes/index.ts';
import type { TarMember } from '../tar/index.ts';

/** A path that some step touched, or one on the way to it. */
export interface MergedNode {
  readonly children: Map<BytePath, MergedNode>;
  /** What is there now; undefined where nothing is, or what was there before. */
  member: TarMember | undefined;
  /** What was there before all steps is gone, with everything below it. */
  gone: boolean;
}

/** What a sequence of steps leaves behind, by path. */
export class MergedTree {
  readonly #root = newNode();

  /** The node of a path, made where it is new. */
  at(path: BytePath): MergedNode {
    let node = this.#root;
    for (const name of components(path)) {
      let child = node.children.get(name);
      if (child === undefined) {
        child = newNode();
        node.children.set(name, child);
      }
      node = child;
    }
    return node;
  }

  /** Every node with its path, parents first; a subtree is left out where `visit` returns false. */
  walk(visit: (path: BytePath, node: MergedNode) => boolean): void {
    const pending: (readonly [BytePath, MergedNode])[] = [['' as BytePath, this.#root]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [path, node] = next;
      if (!visit(path, node)) continue;
      for (const [name, child] of node.children) pending.push([joinPath(path, name), child]);
    }
  }
}

function newNode(): MergedNode {
  return { children: new Map(), member: undefined, gone: false };
}
