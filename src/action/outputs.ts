import { formatPlatform } from '../oci/index.ts';
import {
  cacheSummary,
  imageMetadata,
  repositoryOf,
  type BuildResult,
  type OutputSpec,
} from '../request/index.ts';

interface OutputOption {
  readonly name: string;
  /** One sentence without a final full stop. */
  readonly about: string;
  readonly value: (outputs: OutputSpec, result: BuildResult) => string;
}

/** Every output of the action, in the order people read them. */
export const OUTPUT_VALUES: readonly OutputOption[] = [
  {
    name: 'digest',
    about: 'Digest of the image, or of the index of several platforms',
    value: (_, { digest }) => digest,
  },
  {
    name: 'imageid',
    about: 'Digest of the config of the image; of several platforms that of the index',
    value: (_, { imageId }) => imageId,
  },
  {
    name: 'metadata',
    about: 'Metadata of the image as JSON, with the keys of buildx; ts-kaniko.cache is that of cache-stats',
    value: (outputs, result) => JSON.stringify(imageMetadata(outputs, result), null, 2),
  },
  { name: 'image', about: 'repository@digest of the first tag', value: (o, r) => withDigest(o, r)[0] ?? '' },
  {
    name: 'images',
    about: 'tag@digest of every tag, as a JSON list',
    value: ({ tags }, { digest }) => JSON.stringify(tags.map((tag) => `${tag}@${digest}`)),
  },
  { name: 'tags', about: 'The tags, one a line', value: ({ tags }) => tags.join('\n') },
  { name: 'image-with-tag', about: 'The first tag', value: ({ tags }) => tags[0] ?? '' },
  {
    name: 'registry-paths',
    about: 'The tags that were pushed, as a JSON list',
    value: (_, { destinations }) => JSON.stringify(destinations.map(({ reference }) => reference)),
  },
  {
    name: 'pushed',
    about: 'true where the image was pushed',
    value: (_, { destinations }) => String(destinations.length > 0),
  },
  {
    name: 'platforms',
    about: 'Platforms of the image, separated by commas',
    value: (_, { platforms }) => platforms.map(formatPlatform).join(','),
  },
  {
    name: 'size',
    about: 'Bytes of all layers, compressed',
    value: (_, { layers }) => String(layers.reduce((sum, layer) => sum + layer.size, 0)),
  },
  {
    name: 'config-digest',
    about: 'The same as imageid',
    value: (_, { imageId }) => imageId,
  },
  {
    name: 'cache-hit',
    about: 'true where the layer cache had every step, false where it did not; empty without a cache',
    value: (_, { cache }) => (cache === undefined ? '' : String(cache.steps.every(({ hit }) => hit))),
  },
  {
    name: 'cache-stats',
    about: 'What the layer cache did as JSON: sums, and step by step (docs/cache.md); empty without a cache',
    value: (_, { cache }) => (cache === undefined ? '' : JSON.stringify(cacheSummary(cache))),
  },
  { name: 'tar-path', about: 'The archive, where one was written', value: (_, r) => r.tarPath ?? '' },
  {
    name: 'oci-layout-path',
    about: 'The image layout, where one was written',
    value: (_, r) => r.ociLayoutPath ?? '',
  },
];

function withDigest({ tags }: OutputSpec, { digest }: BuildResult): string[] {
  return tags.map((tag) => `${repositoryOf(tag)}@${digest}`);
}
