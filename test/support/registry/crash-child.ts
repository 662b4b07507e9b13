/**
 * A life to be ended at any moment: pulls an image into a store, pushes it to another repository and sets a tag, round
 * after round; tells on standard output which of these it does. Arguments: host of the registry, store's directory.
 * Without them it ends at once: node's compile cache is written then.
 */
import { copyBlob, DirectoryStore } from '../../../src/content/index.ts';
import { pushImage, readImage } from '../../../src/image/index.ts';
import { parseReference } from '../../../src/reference/index.ts';
import { silentReporter } from '../../../src/report/index.ts';
import { openSession } from '../registry-session.ts';

const [, , host = '', directory = ''] = process.argv;
if (host === '') process.exit(0);
const session = openSession();
const say = (phase: string): void => void process.stdout.write(`${phase}\n`);

for (let round = 0; ; round += 1) {
  const store = new DirectoryStore(`${directory}/${round}`);
  say('pull');
  const { repository, descriptor, bytes } = await session.client.resolve(parseReference(`${host}/base:v1`));
  const image = await readImage(repository, { descriptor, bytes }, { os: 'linux', architecture: 'amd64' });
  say('store');
  for (const layer of image.layers) await copyBlob(repository, store, layer.descriptor);
  say('push');
  await pushImage(image, store, session.repository(`${host}/copy-${process.pid}-${round}`), {
    tags: ['v1', 'v2'],
    onTag: () => say('tag'),
    reporter: silentReporter(),
  });
}
