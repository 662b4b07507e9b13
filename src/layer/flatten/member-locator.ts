import type { BytePath } from '../../bytes/index.ts';
import { TreeIndex } from '../../rootfs/index.ts';
import type { TarEntry, TarHandler, TarMember } from '../../tar/index.ts';
import { linkTo } from '../link-order.ts';
import { viewMembers } from './view-members.ts';

/** A file of the flat tree whose bytes are in a layer, under its first name. */
export interface LocatedFile {
  readonly entry: TarEntry;
  /** Links to it under its further names. */
  readonly links: TarEntry[];
}

/** The tree that layers make together. */
export interface FlatTree {
  /** Everything whose content needs no layer, each after the directory it is in. */
  readonly members: readonly TarMember[];
  /** By where they are: see locationOf. */
  readonly files: ReadonlyMap<string, LocatedFile>;
}

/** Where a file's bytes are: in the how-manieth entry of which layer. */
export function locationOf(layer: number, entry: number): string {
  return `${layer}.${entry}`;
}

/** Finds out, header by header, what is left of layers once all are applied, and where the bytes of its files are. */
export class MemberLocator {
  readonly #index = new TreeIndex();

  /** Takes the headers of the next layer. */
  handler(layer: number): TarHandler {
    const indexing = this.#index.handler();
    let count = 0;
    return {
      entry: (entry) => {
        const path = locationOf(layer, count++) as BytePath;
        const hasContent = entry.type === 'file' && entry.size > 0;
        const member: TarMember = hasContent ? { ...entry, content: { kind: 'file', path } } : entry;
        indexing.entry(member);
      },
      data: (chunk) => indexing.data(chunk),
      end: () => indexing.end(),
    };
  }

  /** The tree after the layers given so far. */
  tree(): FlatTree {
    const members: TarMember[] = [];
    const files = new Map<string, LocatedFile>();
    const firstNames = new Map<string, { readonly member: TarMember; readonly links: TarEntry[] }>();
    for (const { member, linkGroup } of viewMembers(this.#index)) {
      const first = linkGroup === undefined ? undefined : firstNames.get(linkGroup);
      if (first !== undefined) {
        first.links.push(linkTo(first.member.path, member.path, member));
        continue;
      }
      const { content, ...entry } = member;
      const isLocated = content?.kind === 'file';
      const links = isLocated ? [] : members;
      if (isLocated) files.set(content.path, { entry, links });
      else members.push(member);
      if (linkGroup !== undefined) firstNames.set(linkGroup, { member, links });
    }
    return { members, files };
  }
}
