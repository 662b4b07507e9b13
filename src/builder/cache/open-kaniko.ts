import { kanikoCache, type CacheStore } from '../../cache/index.ts';
import { copyBlob, type LocalBlobStore } from '../../content/index.ts';
import { decompress } from '../../layer/index.ts';
import { createDigester, layerCompression } from '../../oci/index.ts';
import { parseReference } from '../../reference/index.ts';
import type { RegistryClient } from '../../registry/index.ts';

/** kaniko's entries in a repository. Their layers come into the build's store to be looked at before they are believed. */
export function openKaniko(
  repository: string,
  { registry, store }: { readonly registry: RegistryClient; readonly store: LocalBlobStore },
): CacheStore {
  const reader = registry.repository(parseReference(repository), 'pull');
  return kanikoCache({
    reader,
    diffIdOf: async (layer, signal) => {
      await copyBlob(reader, store, layer, { signal });
      const digester = createDigester();
      const compression = layerCompression(layer.mediaType) ?? 'none';
      await decompress(store.open(layer), compression, (piece) => digester.update(piece), signal);
      return digester.digest();
    },
  });
}
