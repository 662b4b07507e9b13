import { goJson, sortedEntries } from './go-json.ts';
import type { Descriptor, ImageConfig, ImageIndex, ImageManifest } from '../oci/index.ts';

/** Fields in the order of the Go structs that define them (image-spec specs-go, moby's docker-image-spec). */
const DESCRIPTOR = ['mediaType', 'digest', 'size', 'urls', 'annotations', 'data', 'platform', 'artifactType'];
const MANIFEST = ['schemaVersion', 'mediaType', 'artifactType', 'config', 'layers', 'subject', 'annotations'];
const INDEX = ['schemaVersion', 'mediaType', 'artifactType', 'manifests', 'subject', 'annotations'];
const PLATFORM = ['architecture', 'os', 'os.version', 'os.features', 'variant'];
const ROOTFS = ['type', 'diff_ids'];
const HISTORY = ['created', 'created_by', 'author', 'comment', 'empty_layer'];
const HEALTHCHECK = ['Test', 'Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries'];
const CONTAINER = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'ArgsEscaped',
  'Healthcheck',
  'OnBuild',
  'Shell',
];

/** A manifest's bytes: the same manifest always gives the same ones. */
export function encodeManifest(manifest: ImageManifest): Buffer {
  const { config, layers } = manifest;
  return bytes(
    struct(
      { ...manifest, config: descriptorStruct(config), layers: layers.map(descriptorStruct) },
      MANIFEST,
      KEEP,
    ),
  );
}

/** An index's bytes. */
export function encodeIndex(index: ImageIndex): Buffer {
  return bytes(struct({ ...index, manifests: index.manifests.map(descriptorStruct) }, INDEX, KEEP));
}

/**
 * A config's bytes. As BuildKit writes them: the outermost fields sorted by name, fields below it in their struct's
 * order, empty ones left out there. Unknown fields come last, sorted.
 */
export function encodeConfig(config: ImageConfig): Buffer {
  const { config: container, rootfs, history, ...rest } = config;
  return bytes({
    ...rest,
    config: containerStruct(container ?? {}),
    rootfs: rootfs && struct(rootfs, ROOTFS, KEEP),
    history: history?.length ? history.map((entry) => struct(entry, HISTORY, OMIT)) : undefined,
  });
}

function containerStruct(container: NonNullable<ImageConfig['config']>): Map<string, unknown> {
  const healthcheck = container.Healthcheck && struct(container.Healthcheck, HEALTHCHECK, OMIT);
  return struct({ ...container, Healthcheck: healthcheck }, CONTAINER, OMIT);
}

function descriptorStruct(descriptor: Descriptor): Map<string, unknown> {
  const platform = descriptor.platform && struct(descriptor.platform, PLATFORM, OMIT);
  return struct({ ...descriptor, platform }, DESCRIPTOR, KEEP);
}

const KEEP = false;
/** Go's `omitempty`. */
const OMIT = true;

/** Known fields in order, then unknown ones sorted. */
function struct(value: object, order: readonly string[], omitEmpty: boolean): Map<string, unknown> {
  const fields = new Map(sortedEntries(value));
  const known = order.map((name): [string, unknown] => [name, fields.get(name)]);
  const unknown = [...fields].filter(([name]) => !order.includes(name));
  return new Map([...known.filter(([, field]) => !omitEmpty || !isEmpty(field)), ...unknown]);
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === false || value === 0) return true;
  if (value instanceof Map) return false;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function bytes(value: unknown): Buffer {
  return Buffer.from(goJson(value), 'utf8');
}
