import { BuildError } from '../../errors/index.ts';

/**
 * Does work that must end in so many milliseconds. Throws NETWORK where it does not, CANCELLED where the caller's own
 * signal ended it.
 */
export async function timedRequest<T>(
  milliseconds: number,
  what: string,
  signal: AbortSignal | undefined,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(milliseconds);
  try {
    return await work(signal === undefined ? limit : AbortSignal.any([signal, limit]));
  } catch (error) {
    if (!limit.aborted || signal?.aborted === true) throw error;
    throw new BuildError('NETWORK', `${what} took more than ${milliseconds / 1000} s`, { cause: error });
  }
}
