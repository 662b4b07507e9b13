import { resolve } from 'node:path';
import type { OptionValues } from './option-values.ts';

/** The directory for scratch space that was asked for, absolute; undefined where a place is to be found. */
export function scratchParentOf(values: OptionValues, cwd: string): string | undefined {
  const text = values.text('scratch-dir');
  return text === undefined ? undefined : resolve(cwd, text);
}
