import { BuildError } from '../errors/index.ts';
import { type HttpResponse } from '../http/index.ts';
import { type Digest } from '../oci/index.ts';
import { type Attempt } from './failure.ts';

/** Throws CONTENT where the registry states another sha256 digest (Docker-Content-Digest) than the content has. */
export function checkStatedDigest(response: HttpResponse, digest: Digest, attempt: Attempt): void {
  const stated = response.header('docker-content-digest')?.trim();
  if (stated === undefined || stated === '' || stated === digest) return;
  // Registries may keep content under other algorithms as well.
  if (/^sha(384|512):[a-f0-9]+$/.test(stated)) return;
  const { connection, repository, what } = attempt;
  throw new BuildError(
    'CONTENT',
    `${connection.registry}/${repository} states the digest ${JSON.stringify(stated.slice(0, 100))} for ${what}, which has ${digest}`,
  );
}
