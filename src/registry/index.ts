/** Registries by distribution-spec: authentication, manifests, blobs, mirrors. */
export { createRegistryClient } from './registry-client.ts';
export type { RegistryClient, RegistryClientOptions, ResolvedManifest } from './registry-client.ts';
export type { BlobContent, Repository } from './repository.ts';
