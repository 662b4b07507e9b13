import { formatBytes } from '../../../report/index.ts';
import type { CacheTask, CommandAnswer } from '../../../request/index.ts';
import { nameOf } from './describe-record.ts';
import type { OpenedCache } from './opened-cache.ts';
import { planPrune, type PrunePlan } from './plan-prune.ts';

/** Takes out of caches what the task says, and tells what that was. Throws where a cache cannot be written. */
export async function pruneEntries(
  caches: readonly OpenedCache[],
  task: Extract<CacheTask, { kind: 'prune' }>,
  now: number,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const pruned: { readonly cache: OpenedCache; readonly plan: PrunePlan }[] = [];
  for (const cache of caches) {
    const plan = planPrune(cache.contents, task, now);
    if (!task.dryRun) await carryOut(cache, plan, signal);
    pruned.push({ cache, plan });
  }
  return {
    text: pruned.map(({ cache, plan }) => textOf(cache, plan, task.dryRun)).join(''),
    json: { dryRun: task.dryRun, caches: pruned.map(({ cache, plan }) => jsonOf(cache, plan)) },
    status: 0,
  };
}

async function carryOut({ keeper }: OpenedCache, plan: PrunePlan, signal: AbortSignal): Promise<void> {
  const blobs = keeper.removesBlobs ? plan.blobs : [];
  if (plan.records.length + blobs.length === 0) return;
  await keeper.drop({ keys: plan.records.map(({ record }) => record.key), unreadable: [], blobs }, signal);
}

function textOf({ name, keeper }: OpenedCache, { records, bytes, kept }: PrunePlan, dryRun: boolean): string {
  const done = dryRun ? 'would be taken out' : 'taken out';
  const freed = keeper.removesBlobs
    ? `${formatBytes(bytes)} freed`
    : `${formatBytes(bytes)} are not named any more`;
  const lines = records.map(({ record }) => `  ${record.kind} ${nameOf(record)}\n`);
  return `${name}: ${records.length} entries ${done}, ${freed}, ${formatBytes(kept)} stay\n${lines.join('')}`;
}

function jsonOf({ name, scope, keeper }: OpenedCache, { records, blobs, bytes, kept }: PrunePlan) {
  return {
    cache: name,
    scope: scope ?? null,
    entries: records.map(({ record }) => ({ kind: record.kind, name: nameOf(record), key: record.key })),
    blobs,
    bytes,
    blobsRemoved: keeper.removesBlobs,
    keptBytes: kept,
  };
}
