import { type Descriptor, digestHex } from '../../oci/index.ts';
import { type Reporter, type Transfer } from '../../report/index.ts';

/** The same chunks; each is told to the reporter as it passes, and the end of them once it is reached. */
export async function* reported(
  chunks: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  direction: Transfer['direction'],
  reporter: Reporter,
): AsyncGenerator<Uint8Array> {
  const transfer = { direction, what: transferName(descriptor), total: descriptor.size };
  let done = 0;
  for await (const chunk of chunks) {
    done += chunk.length;
    reporter.transfer({ ...transfer, done });
    yield chunk;
  }
  reporter.transfer({ ...transfer, done, state: 'done' });
}

/** A transfer that moved no byte. */
export function reportReused(
  descriptor: Descriptor,
  direction: Transfer['direction'],
  reporter: Reporter,
): void {
  const { size } = descriptor;
  reporter.transfer({ direction, what: transferName(descriptor), done: size, total: size, state: 'reused' });
}

/** Digests as people know them: their first 12 digits. */
function transferName(descriptor: Descriptor): string {
  return digestHex(descriptor.digest).slice(0, 12);
}
