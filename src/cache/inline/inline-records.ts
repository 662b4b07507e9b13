import type { Descriptor, Digest, ImageConfig } from '../../oci/index.ts';
import { CacheRecord, type StepRecord } from '../record.ts';
import { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';

/** The field of an image's config that holds records, as BuildKit's are in `moby.buildkit.cache.v0`. Others pass it over. */
const FIELD = 'vnd.ts-kaniko.cache.v1';

/** A layer of an image. */
export interface InlineLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
}

/**
 * The records that belong into an image: steps whose layer it has, as it has it, and steps of the same stages that made
 * none. What other stages were made by is not in it.
 */
export function inlineRecords(
  records: readonly CacheRecord[],
  layers: readonly InlineLayer[],
): readonly StepRecord[] {
  const steps = records.filter((record) => record.kind === 'step');
  const byDiffId = new Map(layers.map(({ diffId, descriptor }) => [diffId, descriptor]));
  const made = steps.flatMap((record): StepRecord[] => {
    const found = record.layer && byDiffId.get(record.layer.diffId);
    if (record.layer === undefined || found === undefined) return [];
    const { mediaType, digest, size } = found;
    return [{ ...record, layer: { ...record.layer, descriptor: { mediaType, digest, size } } }];
  });
  const stages = new Set(made.map(stageOf));
  return [...made, ...steps.filter((record) => record.layer === undefined && stages.has(stageOf(record)))];
}

/** The config with these records; without any the config as it is. The same records always give the same bytes. */
export function withInlineRecords(
  config: ImageConfig,
  records: readonly StepRecord[],
  seal: RecordSeal,
): ImageConfig {
  if (records.length === 0) return config;
  const index = new RecordIndex();
  for (const record of records) {
    // Fields in the order of the schema, as a record that was read has them.
    const { data } = CacheRecord.safeParse(record);
    if (data !== undefined) index.add(data);
  }
  return { ...config, [FIELD]: index.format(seal) };
}

/** The records in a config, of steps whose layers the image has, exactly as they are named in it. */
export function readInlineRecords(
  config: Readonly<Record<string, unknown>>,
  layers: readonly InlineLayer[],
  seal: RecordSeal,
): readonly StepRecord[] {
  const text = config[FIELD];
  if (typeof text !== 'string') return [];
  const present = new Set(layers.map(({ descriptor, diffId }) => `${descriptor.digest} ${diffId}`));
  return RecordIndex.parse(text, seal)
    .records()
    .filter((record) => record.kind === 'step')
    .filter(({ layer }) => layer === undefined || present.has(`${layer.descriptor.digest} ${layer.diffId}`));
}

/** Names of steps are `stage number INSTRUCTION`. */
function stageOf({ step }: StepRecord): string {
  return step.replace(/ \d+ [A-Z]+$/, '');
}
