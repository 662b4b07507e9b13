import { BuildError } from '../errors/index.ts';
import { realWaiting, type HttpClient, type Waiting } from '../http/index.ts';
import { type Descriptor } from '../oci/index.ts';
import { formatRepository, withDefaultTag, type Reference } from '../reference/index.ts';
import { type Reporter } from '../report/index.ts';
import { type GivenCredential, type RegistryOptions, type RetryCounts } from '../request/index.ts';
import { createSecretWords } from './auth/secret-words.ts';
import { createConnection, type Connection } from './connection.ts';
import { type Environment } from './credentials/credential-store.ts';
import { createCredentialSource } from './credentials/credential-source.ts';
import { endpointOf, type Access } from './endpoint.ts';
import { createBaseFinder } from './find-base.ts';
import { pullCandidates } from './pull-candidates.ts';
import { remoteRepository } from './remote-repository.ts';
import { type Repository } from './repository.ts';

interface ResolvedManifest {
  /** The repository that answered; its blobs are there too. */
  readonly repository: Repository;
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

export interface RegistryClient {
  /** The manifest or index a reference names (tag `latest` where it names none), from the first place that has it. */
  resolve(reference: Reference, signal?: AbortSignal): Promise<ResolvedManifest>;
  /** One repository, as named: no mirrors. */
  repository(reference: Reference, access: Access): Repository;
}

interface RegistryClientOptions {
  readonly registries: RegistryOptions;
  readonly credentials: readonly GivenCredential[];
  readonly env: Environment;
  readonly reporter: Reporter;
  readonly http: HttpClient;
  readonly waiting?: Waiting | undefined;
}

/** A client for all registries of a build. Connections (and so tokens) are shared by equal repositories. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { registries, reporter, http, waiting = realWaiting } = options;
  const findBase = createBaseFinder(http, waiting);
  const secrets = createSecretWords();
  const credentials = createCredentialSource({
    given: options.credentials,
    env: options.env,
    helpers: registries.credentialHelpers,
    secrets,
    reporter,
    http,
    waiting,
  });
  const connections = new Map<string, Connection>();

  const connect = (reference: Reference, access: Access): Connection => {
    const key = `${access} ${formatRepository(reference)}`;
    const endpoint = endpointOf(reference.registry, access, registries);
    const known =
      connections.get(key) ??
      createConnection({
        endpoint,
        repository: reference.repository,
        access,
        http,
        findBase,
        credentials,
        secrets,
        reporter,
        waiting,
        retries: retriesFor(access, registries.retries),
      });
    connections.set(key, known);
    return known;
  };

  const repository = (reference: Reference, access: Access): Repository =>
    remoteRepository(connect(reference, access), reference.repository, access, {
      reporter,
      ignoreImmutableTags: registries.ignoreImmutableTags,
    });

  return {
    repository,
    resolve: (reference, signal) => {
      const fetch = async (candidate: Reference): Promise<ResolvedManifest> => {
        const place = repository(candidate, 'pull');
        const named = withDefaultTag(candidate);
        return { repository: place, ...(await place.getManifest(named.digest ?? named.tag ?? '', signal)) };
      };
      return firstThatAnswers(pullCandidates(reference, registries), fetch, reporter);
    },
  };
}

function retriesFor(
  access: Access,
  { push, download, layers }: RetryCounts,
): { readonly requests: number | undefined; readonly layers: number | undefined } {
  return access === 'push' ? { requests: push, layers: push } : { requests: download, layers };
}

async function firstThatAnswers(
  candidates: readonly Reference[],
  fetch: (candidate: Reference) => Promise<ResolvedManifest>,
  reporter: Reporter,
): Promise<ResolvedManifest> {
  for (const candidate of candidates.slice(0, -1)) {
    try {
      return await fetch(candidate);
    } catch (error) {
      if (!(error instanceof BuildError) || error.code === 'CANCELLED' || error.code === 'INTERNAL')
        throw error;
      reporter.warn(`${formatRepository(candidate)} was passed over: ${error.message}`);
    }
  }
  const [last] = candidates.slice(-1);
  if (last === undefined) throw new BuildError('INTERNAL', 'no place to pull from');
  return fetch(last);
}
