import type { BytePath } from '../bytes/index.ts';
import { LayerUnpacker, type UnpackOptions } from '../rootfs/index.ts';
import type { LayerSink } from './layer-feed.ts';

/** Unpacks one layer over a directory. */
export function unpackSink(directory: BytePath, options: UnpackOptions = {}): LayerSink {
  const unpacker = new LayerUnpacker(directory, options);
  return { handler: unpacker, finish: () => unpacker.finish() };
}
