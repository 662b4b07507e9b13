/** Registries by distribution-spec: authentication, manifests, blobs, mirrors. */
export { createRegistryClient } from './registry-client.ts';
export type { RegistryClient } from './registry-client.ts';
export type { Repository } from './repository.ts';
export { registryTrust } from './trust/registry-trust.ts';
