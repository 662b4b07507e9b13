import { BuildError } from '../errors/index.ts';
import { createDigester, type Descriptor, type Digest } from '../oci/index.ts';

/**
 * The same chunks, checked against a descriptor as they pass. Throws CONTENT as soon as there are more bytes than
 * promised, or when the digest differs: before the last chunk is handed on, so nobody holds a whole blob that is wrong.
 */
export async function* verified(
  descriptor: Pick<Descriptor, 'digest' | 'size'>,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digester = createDigester();
  let size = 0;
  let checked = false;
  const check = (): void => {
    checkDigest(descriptor.digest, digester.digest());
    checked = true;
  };
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    size += chunk.length;
    if (size > descriptor.size) throw wrongSize(descriptor, `more than ${descriptor.size}`);
    digester.update(chunk);
    if (size === descriptor.size) check();
    yield chunk;
  }
  if (size < descriptor.size) throw wrongSize(descriptor, String(size));
  if (!checked) check();
}

/** CONTENT, saying how many bytes a blob has and should have. */
export function wrongSize(descriptor: Pick<Descriptor, 'digest' | 'size'>, found: string): BuildError {
  return new BuildError(
    'CONTENT',
    `${descriptor.digest} should have ${descriptor.size} bytes, but has ${found}`,
    {
      hint: 'the content is damaged where it is stored or was changed on the way; try again, then publish it again',
    },
  );
}

function checkDigest(wanted: Digest, found: Digest): void {
  if (wanted === found) return;
  throw new BuildError('CONTENT', `the content of ${wanted} has the digest ${found}`, {
    hint: 'the content is damaged where it is stored or was changed on the way; try again, then publish it again',
  });
}
