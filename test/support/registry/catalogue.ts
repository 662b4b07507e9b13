import { createHash } from 'node:crypto';

export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Which repository has which blobs, manifests and tags. */
export class Catalogue {
  readonly #blobs = new Map<string, Set<string>>();
  readonly #manifests = new Map<string, Map<string, StoredManifest>>();
  readonly #tags = new Map<string, Map<string, string>>();

  addBlob(repository: string, digest: string): void {
    entry(this.#blobs, repository, () => new Set<string>()).add(digest);
  }

  hasBlob(repository: string, digest: string): boolean {
    return this.#blobs.get(repository)?.has(digest) === true;
  }

  removeBlob(repository: string, digest: string): boolean {
    return this.#blobs.get(repository)?.delete(digest) === true;
  }

  /** Stores a manifest under its digest, and under a tag where the name is one; returns the digest. */
  putManifest(repository: string, name: string, manifest: StoredManifest): string {
    const digest = `sha256:${createHash('sha256').update(manifest.bytes).digest('hex')}`;
    entry(this.#manifests, repository, () => new Map<string, StoredManifest>()).set(digest, manifest);
    if (!name.includes(':')) entry(this.#tags, repository, () => new Map<string, string>()).set(name, digest);
    return digest;
  }

  manifest(repository: string, name: string): (StoredManifest & { readonly digest: string }) | undefined {
    const digest = name.includes(':') ? name : (this.#tags.get(repository)?.get(name) ?? '');
    const found = this.#manifests.get(repository)?.get(digest);
    return found === undefined ? undefined : { ...found, digest };
  }

  removeManifest(repository: string, name: string): boolean {
    if (!name.includes(':')) return this.#tags.get(repository)?.delete(name) === true;
    for (const [tag, digest] of this.#tags.get(repository) ?? [])
      if (digest === name) this.#tags.get(repository)?.delete(tag);
    return this.#manifests.get(repository)?.delete(name) === true;
  }

  tags(repository: string): string[] | undefined {
    if (!this.#manifests.has(repository)) return undefined;
    return [...(this.#tags.get(repository)?.keys() ?? [])].sort();
  }
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
