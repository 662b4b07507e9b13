import { type GivenCredential } from '../../request/index.ts';
import { type CredentialStore } from './credential-store.ts';
import { type FoundCredential } from './credential.ts';
import { keysFor, registryKey } from './registry-key.ts';

/**
 * Credentials the user gave to this build. Of several that hold for a repository the one with the longest path is taken,
 * and of two with the same path the one that names what it is for.
 */
export function givenStore(given: readonly GivenCredential[]): CredentialStore {
  return {
    find: ({ registry, repository, access }) => {
      const holding = given.filter((entry) => entry.access === undefined || entry.access === access);
      const special = [...holding].sort(
        (a, b) => Number(b.access !== undefined) - Number(a.access !== undefined),
      );
      for (const key of keysFor(registry, repository)) {
        const entry = special.find((candidate) => registryKey(candidate.registry) === key);
        if (entry !== undefined) return Promise.resolve(foundIn(entry));
      }
      return Promise.resolve(undefined);
    },
  };
}

function foundIn({ username, password, implied, origin = 'given' }: GivenCredential): FoundCredential {
  return {
    credential: { kind: 'basic', username, password },
    origin,
    ...(implied === true ? { implied } : {}),
  };
}
