/**
 * Whole builds with a push, side by side with `buildah bud --isolation chroot --layers` and `buildah push`, both cold, on
 * one Debian base out of one registry. Needs root on Debian; run it on a machine that does nothing else.
 * Usage: node bench/build.ts [small-steps|many-files|big-run|nginx]…   (default: all but nginx)   ROUNDS=3
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianLayout } from '../test/support/e2e/debian-base.ts';
import { startTestRegistry } from '../test/support/e2e/registry.ts';
import { CASES, type BenchCase } from './cases.ts';
import { measure, type Measured } from './measure.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const PROGRAM = join(import.meta.dirname, '../dist/cli/index.js');

const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : Object.keys(CASES).filter((name) => name !== 'nginx');
const work = mkdtempSync(join(tmpdir(), 'ts-kaniko-bench-'));
const registry = await startTestRegistry();
try {
  await registry.publish(`${await debianLayout()}/layout:debian`, 'library/debian:bookworm');
  for (const name of names) await compare(name, CASES[name]);
} finally {
  await registry.close();
  rmSync(work, { recursive: true, force: true });
}

async function compare(name: string, bench: BenchCase | undefined): Promise<void> {
  if (bench === undefined) throw new Error(`no case ${name}; there are ${Object.keys(CASES).join(', ')}`);
  const context = join(work, name);
  await bench.prepare(context);
  const rounds: { ours: Measured; theirs: Measured }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Each round the other way round, so that neither always finds the warmer machine.
    const order = round % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const);
    const result: Partial<Record<'ours' | 'theirs', Measured>> = {};
    for (const builder of order)
      result[builder] = builder === 'ours' ? await ours(name, context) : await buildah(name, context);
    rounds.push(result as { ours: Measured; theirs: Measured });
  }
  print(name, bench, rounds);
}

function ours(name: string, context: string): Promise<Measured> {
  const image = `${registry.host}/bench/${name}:ours`;
  return measure([
    process.execPath,
    PROGRAM,
    '--context',
    context,
    '--destination',
    image,
    ...registry.flags,
  ]);
}

async function buildah(name: string, context: string): Promise<Measured> {
  const store = mkdtempSync(join(work, 'buildah-'));
  const image = `${registry.host}/bench/${name}:buildah`;
  const where = `--root ${store}/root --runroot ${store}/run`;
  const from = `--build-arg BASE=${registry.host}/library/debian:bookworm`;
  const script = [
    `buildah ${where} bud --isolation chroot --layers --tls-verify=false ${from} -t ${image} ${context}`,
    `buildah ${where} push -q --tls-verify=false ${image}`,
  ].join(' && ');
  try {
    // Its mounts go with the namespace, before the store is removed.
    return await measure(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script]);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

function print(
  name: string,
  { about }: BenchCase,
  rounds: readonly { ours: Measured; theirs: Measured }[],
): void {
  const median = (pick: (round: (typeof rounds)[number]) => number): number =>
    rounds.map(pick).sort((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? Number.NaN;
  const row = (label: string, unit: string, pick: (measured: Measured) => number): void => {
    const [mine, theirs] = [median(({ ours }) => pick(ours)), median((round) => pick(round.theirs))];
    const ratio = median((round) => pick(round.ours) / pick(round.theirs));
    console.log(
      `  ${label.padEnd(18)} ${mine.toFixed(2)} ${unit}  buildah ${theirs.toFixed(2)} ${unit}  ratio ${ratio.toFixed(2)}`,
    );
  };
  console.log(`${name}: ${about} (median of ${rounds.length})`);
  row('total', 's', ({ seconds }) => seconds);
  row('outside RUN', 's', ({ seconds, runSeconds }) => seconds - runSeconds);
  row('peak memory', 'MiB', ({ peakMiB }) => peakMiB);
}
