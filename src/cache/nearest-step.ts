import { ownDifferences } from './changed-parts.ts';
import type { KeyPart } from './key.ts';
import type { StepRecord } from './record.ts';

/** A step that was not found: its name, whose last word is the instruction, and its parts without what came before it. */
export interface MissedStep {
  readonly name: string;
  readonly parts: readonly KeyPart[];
}

/**
 * The earlier step that differs least in what is its own; of equals one of the same name, and then the latest. Steps move
 * when one is put before them: any of the same instruction may be it.
 */
export function nearestStep(missed: MissedStep, records: readonly StepRecord[]): StepRecord | undefined {
  const ranked = records
    .filter(({ step }) => instructionOf(step) === instructionOf(missed.name))
    .map((record) => ({
      record,
      distance: ownDifferences(missed.parts, record).length,
      isElsewhere: record.step === missed.name ? 0 : 1,
    }))
    .sort(
      (a, b) =>
        a.distance - b.distance || a.isElsewhere - b.isElsewhere || b.record.created - a.record.created,
    );
  return ranked[0]?.record;
}

function instructionOf(name: string): string {
  return name.slice(name.lastIndexOf(' ') + 1);
}
