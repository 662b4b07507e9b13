import type { BlobSource } from '../../content/index.ts';
import { layerCompression } from '../../oci/index.ts';
import type { TarEntry, TarHandler, TarMember } from '../../tar/index.ts';
import { applyLayer } from '../apply-layer.ts';
import type { Layer } from '../layer.ts';
import { locationOf, MemberLocator, type FlatTree } from './member-locator.ts';

export interface FlattenOptions {
  /** No time is later than this: SOURCE_DATE_EPOCH. */
  readonly maxMtimeNs?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Receives the members of a tree; a file's content comes in pieces after it. */
export type MemberSink = Pick<TarHandler, 'entry' | 'data' | 'end'>;

/** What is left of layers once all are applied, base first. Reads each once. Throws CONTENT, ARCHIVE. */
export async function locateMembers(
  layers: readonly Layer[],
  from: BlobSource,
  signal?: AbortSignal,
): Promise<FlatTree> {
  const locator = new MemberLocator();
  for (const [number, layer] of layers.entries())
    await readLayer(layer, from, locator.handler(number), signal);
  return locator.tree();
}

/**
 * Gives the tree that layers make together to a sink, member by member: no whiteouts, nothing that a later layer removed or
 * replaced. First everything but files with content, in order of their paths; then those files, in the order their layers
 * have them. The same layers always give the same members in the same order. Throws CONTENT and ARCHIVE.
 */
export async function flattenLayers(
  tree: FlatTree,
  layers: readonly Layer[],
  from: BlobSource,
  sink: MemberSink,
  options: FlattenOptions = {},
): Promise<void> {
  const give = (entry: TarEntry): void => sink.entry(clamped(entry, options.maxMtimeNs));
  for (const member of tree.members) {
    options.signal?.throwIfAborted();
    give(withoutContent(member));
    if (member.content?.kind === 'bytes') sink.data(member.content.bytes);
    sink.end();
  }
  for (const [number, layer] of layers.entries())
    await readLayer(layer, from, picker(tree, number, give, sink), options.signal);
}

/** Lets the files of a layer through that are part of the tree. */
function picker(
  { files }: FlatTree,
  layer: number,
  give: (entry: TarEntry) => void,
  sink: MemberSink,
): TarHandler {
  let count = 0;
  let current: ReturnType<typeof files.get>;
  return {
    entry: () => {
      current = files.get(locationOf(layer, count++));
      if (current !== undefined) give(current.entry);
    },
    data: (chunk) => {
      if (current !== undefined) sink.data(chunk);
    },
    end: () => {
      if (current === undefined) return;
      sink.end();
      for (const link of current.links) {
        give(link);
        sink.end();
      }
    },
  };
}

function readLayer(
  { descriptor, diffId }: Layer,
  from: BlobSource,
  handler: TarHandler,
  signal: AbortSignal | undefined,
): Promise<void> {
  const compression = layerCompression(descriptor.mediaType) ?? 'none';
  return applyLayer(from.open(descriptor, signal), compression, diffId, handler, signal);
}

function withoutContent({ content: _content, ...entry }: TarMember): TarEntry {
  return entry;
}

function clamped(entry: TarEntry, limit: bigint | undefined): TarEntry {
  return limit === undefined || entry.mtimeNs <= limit ? entry : { ...entry, mtimeNs: limit };
}
