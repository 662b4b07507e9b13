import type { StepRecord } from './record.ts';
import type { KeyPart } from './key.ts';

/** Parts that stand for what came before a step, and how people call it. */
const BEFORE: Readonly<Record<string, string>> = {
  parent: 'a step before it',
  source: 'the stage it copies from',
};

/**
 * What makes a step differ from the latest one of its name, in words for people: names of parts of its key. `parts` are
 * those of the step without what came before it.
 */
export function changedParts(parts: readonly KeyPart[], latest: StepRecord | undefined): readonly string[] {
  if (latest === undefined) return ['nothing is known of this step'];
  const changed = ownDifferences(parts, latest);
  if (changed.length > 0) return changed;
  const before = new Map(latest.parts);
  return Object.entries(BEFORE).flatMap(([name, words]) => (before.has(name) ? [words] : []));
}

/** Names of the parts in which a step differs from a record, without those that stand for what came before. */
export function ownDifferences(parts: readonly KeyPart[], record: StepRecord): readonly string[] {
  const before = new Map(record.parts);
  const now = new Map(parts);
  const names = [...new Set([...now.keys(), ...before.keys()])].filter((name) => !(name in BEFORE));
  return names.filter((name) => before.get(name) !== now.get(name));
}
