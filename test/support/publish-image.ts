import type { BlobSource } from '../../src/content/index.ts';
import { pushImage, type Image } from '../../src/image/index.ts';
import { parseReference } from '../../src/reference/index.ts';
import { silentReporter } from '../../src/report/index.ts';
import { openSession } from './registry-session.ts';

/** Pushes an image to a registry on the loopback interface that is reached by plain HTTP. */
export async function publishImage(image: Image, blobs: BlobSource, text: string): Promise<void> {
  const reference = parseReference(text);
  const session = openSession({ registries: { insecureRegistries: [reference.registry] } });
  try {
    const target = session.client.repository(reference, 'push');
    await pushImage(image, blobs, target, { tags: [reference.tag ?? 'latest'], reporter: silentReporter() });
  } finally {
    await session.close();
  }
}
