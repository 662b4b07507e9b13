/** A place where results of builds lie. */
export type CacheLocation =
  /** A repository; `scope` tells the caches in it apart. */
  | { readonly type: 'registry'; readonly repository: string; readonly scope: string }
  /** An absolute directory of this machine. */
  | { readonly type: 'local'; readonly directory: string; readonly maxBytes?: number | undefined }
  /** The image itself: to read, the one of this reference; to write, the one that is built. */
  | { readonly type: 'inline'; readonly reference?: string | undefined }
  /** A repository with kaniko's entries, to read. */
  | { readonly type: 'kaniko'; readonly repository: string }
  /** GitHub's cache service. */
  | { readonly type: 'gha'; readonly scope: string; readonly attributes: Readonly<Record<string, string>> };

/** Where results of this build go. */
export interface CacheTarget {
  readonly location: CacheLocation;
  /** `min`: only steps whose layers are in the image; `max`: all. */
  readonly mode: 'min' | 'max';
}

/** What is wanted of the layer cache. */
export interface CacheOptions {
  readonly sources: readonly CacheLocation[];
  readonly targets: readonly CacheTarget[];
  /** False for `no-cache`: nothing is taken, results are kept. */
  readonly take: boolean;
  /** Stages that take nothing, by name. */
  readonly freshStages: readonly string[];
  readonly runLayers: boolean;
  readonly copyLayers: boolean;
  /** Entries older than this many milliseconds do not count. */
  readonly maxAgeMs?: number | undefined;
  /** Entries of writers without this key do not count. */
  readonly signingKey?: string | undefined;
}
