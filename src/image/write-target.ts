import { dirname } from 'node:path';
import { mkdirSync } from 'node:fs';
import { toBuildError } from '../errors/index.ts';
import { replaceFile, type Write } from './replace-file.ts';

/** Where an archive goes: the path of a file, which appears complete, or whatever takes bytes as they come. */
export type WriteTarget = string | Write;

/** Fills a target. The directory of a file is made. Throws FILESYSTEM. */
export async function writeTo(
  target: WriteTarget,
  fill: (write: Write) => Promise<void> | void,
): Promise<void> {
  if (typeof target !== 'string') return await fill(target);
  try {
    mkdirSync(dirname(target), { recursive: true });
  } catch (error) {
    throw toBuildError(error);
  }
  await replaceFile(target, fill);
}
