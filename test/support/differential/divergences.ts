import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Difference } from './compare.ts';

const table = z.array(
  z.strictObject({
    /** Whose answer differs from the expected one. */
    builder: z.enum(['ts-kaniko', 'buildah']),
    /** Names of cases, `*` for anything. */
    cases: z.array(z.string()).min(1),
    /** Where the images differ: `files /path`, `removed /path`, `config Name`, `history 3`, `result`; `*` for anything. */
    where: z.array(z.string()).min(1),
    reason: z.string().min(20),
  }),
);

export type Divergence = z.infer<typeof table>[number];

/** The one table of known differences. Throws where it is malformed. */
export function readDivergences(file: string): Divergence[] {
  return table.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The differences of one case that no row of the table tells about. */
export function unexplained(
  found: readonly Difference[],
  divergences: readonly Divergence[],
  builder: Divergence['builder'],
  name: string,
): Difference[] {
  const rows = divergences.filter((row) => row.builder === builder && matchesOne(row.cases, name));
  return found.filter(({ where }) => !rows.some((row) => matchesOne(row.where, where)));
}

/** Rows that tell about this case and no difference of it: the difference is gone and so should the row be. */
export function stale(
  found: readonly Difference[],
  divergences: readonly Divergence[],
  builder: Divergence['builder'],
  name: string,
): Divergence[] {
  return divergences
    .filter((row) => row.builder === builder && matchesOne(row.cases, name))
    .filter((row) => !found.some(({ where }) => matchesOne(row.where, where)));
}

function matchesOne(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
  });
}
