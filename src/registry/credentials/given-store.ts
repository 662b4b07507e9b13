import { type GivenCredential } from '../../request/index.ts';
import { type CredentialStore } from './credential-store.ts';
import { type FoundCredential } from './credential.ts';
import { keysFor, registryKey } from './registry-key.ts';

/** Makes a credential of an access key of AWS. */
export type UseAwsKey = (
  registry: string,
  key: { readonly id: string; readonly secret: string },
  signal?: AbortSignal,
) => Promise<FoundCredential>;

/** The names of access keys; user names of registries do not look so. */
const AWS_KEY_ID = /^(?:AKIA|ASIA)[A-Z0-9]{12,}$/;

/**
 * Credentials the user gave to this build. Of several that hold for a repository the one with the longest path is taken,
 * and of two with the same path the one that names what it is for. Throws what `useAwsKey` throws.
 */
export function givenStore(
  given: readonly GivenCredential[],
  aws: { covers(registry: string): boolean; readonly useKey: UseAwsKey },
): CredentialStore {
  const isAwsKey = ({ ecr, username }: GivenCredential, registry: string): boolean =>
    ecr ?? (aws.covers(registry) && AWS_KEY_ID.test(username));
  return {
    async find({ registry, repository, access }, signal) {
      const holding = given.filter((entry) => entry.access === undefined || entry.access === access);
      const special = [
        ...holding.filter((entry) => entry.access !== undefined),
        ...holding.filter((entry) => entry.access === undefined),
      ];
      for (const key of keysFor(registry, repository)) {
        const entry = special.find((candidate) => registryKey(candidate.registry) === key);
        if (entry === undefined) continue;
        if (!isAwsKey(entry, registry)) return foundIn(entry);
        return aws.useKey(registry, { id: entry.username, secret: entry.password }, signal);
      }
      return undefined;
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
