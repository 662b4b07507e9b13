import type { TarHandler } from './handler.ts';

/** Gives an archive to two handlers, the first before the second. */
export function bothHandlers(first: TarHandler, second: TarHandler): TarHandler {
  return {
    entry: (entry) => {
      first.entry(entry);
      second.entry(entry);
    },
    data: (chunk) => {
      first.data(chunk);
      second.data(chunk);
    },
    end: () => {
      first.end();
      second.end();
    },
  };
}
