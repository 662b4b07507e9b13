import { lutimesSync } from 'node:fs';
import { toFs, type BytePath } from '../bytes/index.ts';
import { wholeMilliseconds, wholeSeconds } from './disk-member.ts';

/** Sets both times: whole seconds exactly; of others the millisecond, at its middle, as Node's seconds are too coarse to hit an edge. */
export function setTime(path: BytePath, timeNs: bigint): void {
  const isWhole = wholeSeconds(timeNs) === timeNs;
  const seconds = (Number(wholeMilliseconds(timeNs) / 1_000_000n) + (isWhole ? 0 : 0.5)) / 1000;
  lutimesSync(toFs(path), seconds, seconds);
}
