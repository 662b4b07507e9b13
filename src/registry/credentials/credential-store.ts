import { type Access } from '../endpoint.ts';
import { type FoundCredential } from './credential.ts';

/** For what a credential is wanted. */
export interface CredentialQuestion {
  /** As in references: `host[:port]`. */
  readonly registry: string;
  readonly repository: string;
  readonly access: Access;
}

/** One place credentials may lie in. */
export interface CredentialStore {
  /** The credential this place has; undefined where it has none. */
  find(question: CredentialQuestion, signal?: AbortSignal): Promise<FoundCredential | undefined>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The first of these keys the map knows. */
export function firstOf<T>(keys: readonly string[], map: ReadonlyMap<string, T>): T | undefined {
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) return value;
  }
  return undefined;
}
