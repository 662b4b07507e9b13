import type { TarHandler } from '../tar/index.ts';

/** Takes one layer in. */
export interface LayerSink {
  readonly handler: TarHandler;
  finish(): void;
}

/** Finished layers, which ask for a sink each in their order. */
export interface LayerFeed {
  unpack(sink: () => LayerSink): Promise<void>;
  /** Gives headers, and where the tree's files will be read, the existing directory for their contents. */
  index(sink: (spill?: string) => LayerSink): Promise<void>;
}
