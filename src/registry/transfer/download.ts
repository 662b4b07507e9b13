import { BuildError } from '../../errors/index.ts';
import { backoffMs, isTransient, type HttpResponse } from '../../http/index.ts';
import { type Descriptor } from '../../oci/index.ts';
import { registryFailure, type Attempt } from '../failure.ts';

/** A connection that brought this much before it broke counts as progress: the count of failures starts anew. */
const PROGRESS_BYTES = 1024 * 1024;

/**
 * A blob's bytes, not yet verified. A connection that breaks is resumed where it broke, by Range; where the registry
 * ignores Range the bytes we have are skipped. Throws CONTENT where the registry has another size than promised.
 */
export async function* download(
  attempt: Attempt,
  descriptor: Descriptor,
  scopes: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { connection, repository } = attempt;
  const policy = connection.policies.layers;
  const target = `/v2/${repository}/blobs/${descriptor.digest}`;
  let offset = 0;
  let failures = 0;
  for (;;) {
    const start = offset;
    let broken: unknown = new BuildError(
      'NETWORK',
      `${attempt.what} ended before its ${descriptor.size} bytes were there`,
    );
    const headers = offset === 0 ? {} : { range: `bytes=${offset}-` };
    // This makes its own attempts; only a body that breaks is resumed here.
    const response = await connection.send({
      method: 'GET',
      target,
      headers,
      scopes,
      signal,
      retries: policy,
    });
    const content = await contentFrom(response, offset, descriptor, attempt);
    try {
      for await (const chunk of content) {
        offset += chunk.length;
        yield chunk;
      }
      if (offset >= descriptor.size) return;
    } catch (error) {
      if (!isTransient(error)) throw error;
      broken = error;
    }
    failures = offset - start >= PROGRESS_BYTES ? 1 : failures + 1;
    if (failures >= policy.attempts) throw broken;
    await connection.waiting.sleep(backoffMs(failures, policy, connection.waiting.random()), signal);
  }
}

/** The body, from the offset on. */
async function contentFrom(
  response: HttpResponse,
  offset: number,
  descriptor: Descriptor,
  attempt: Attempt,
): Promise<AsyncIterable<Uint8Array>> {
  if (response.status === 416) {
    await response.discard();
    throw wrongSize(attempt, descriptor, `ends after ${offset}`);
  }
  if (response.status === 206 && offset > 0) {
    checkRange(response.header('content-range'), offset, descriptor, attempt);
    return response.body;
  }
  if (response.status !== 200) throw await registryFailure(response, attempt);
  checkLength(response, descriptor, attempt);
  return offset === 0 ? response.body : skip(response.body, offset);
}

function checkLength(response: HttpResponse, descriptor: Descriptor, attempt: Attempt): void {
  const stated = response.header('content-length');
  if (stated !== undefined && Number(stated) !== descriptor.size)
    throw wrongSize(attempt, descriptor, `has ${stated.slice(0, 20)}`);
}

function checkRange(
  header: string | undefined,
  offset: number,
  descriptor: Descriptor,
  attempt: Attempt,
): void {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? '') ?? [];
  if (Number(first) !== offset)
    throw new BuildError(
      'REGISTRY',
      `${attempt.connection.registry} resumes ${attempt.what} at the wrong place`,
    );
  if (total !== '*' && Number(total) !== descriptor.size)
    throw wrongSize(attempt, descriptor, `has ${total}`);
}

async function* skip(body: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of body) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

function wrongSize(
  { connection, repository, what }: Attempt,
  descriptor: Descriptor,
  found: string,
): BuildError {
  return new BuildError(
    'CONTENT',
    `${what} of ${connection.registry}/${repository} should have ${descriptor.size} bytes, but ${found}`,
  );
}
