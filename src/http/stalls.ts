import { MIN_BYTES_PER_SECOND } from './limits.ts';

/** Code of the failure of a body that moves too slowly. Another connection may be faster. */
export const STALLED = 'ERR_BODY_STALLED';

/**
 * The same chunks. Fails with STALLED where waiting `bodyMs` for them brought next to nothing; the time the reader takes
 * does not count. (A body that stands still altogether is undici's to end.)
 */
export async function* keepingPace(
  chunks: AsyncIterable<Uint8Array>,
  bodyMs: number,
): AsyncGenerator<Uint8Array> {
  const floor = (MIN_BYTES_PER_SECOND * bodyMs) / 1000;
  let waited = 0;
  let bytes = 0;
  let asked = performance.now();
  for await (const chunk of chunks) {
    waited += performance.now() - asked;
    bytes += chunk.length;
    if (waited >= bodyMs) {
      if (bytes < floor) throw stalled(`only ${bytes} bytes came in ${Math.round(waited / 1000)} s`);
      waited = 0;
      bytes = 0;
    }
    yield chunk;
    asked = performance.now();
  }
}

/** The same chunks; calls `onStall` where one is not taken within `bodyMs`, after which the reader must be stopped. */
export async function* watchingTaker(
  chunks: AsyncIterable<Uint8Array>,
  bodyMs: number,
  onStall: (reason: Error) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    const timer = setTimeout(
      () => onStall(stalled(`the server took nothing for ${Math.round(bodyMs / 1000)} s`)),
      bodyMs,
    );
    try {
      yield chunk;
    } finally {
      clearTimeout(timer);
    }
  }
}

function stalled(message: string): Error {
  return Object.assign(new Error(message), { code: STALLED });
}
