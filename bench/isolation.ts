/**
 * What RUN costs in each kind of isolation this machine offers, as ratios to `mountns`: three loads in one Dockerfile, timed
 * by their own clock. Needs root on Debian and the built program; run it on a machine that does nothing else.
 * Usage: node bench/isolation.ts [mountns|userns-identity|userns-single|bare|proot]…   ROUNDS=3
 * `bare` is userns-single where no strace can be found.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeIsolation } from '../src/isolation/index.ts';
import { debianLayout } from '../test/support/e2e/debian-base.ts';
import { installProgram } from '../test/support/e2e/program.ts';
import { startTestRegistry } from '../test/support/e2e/registry.ts';
import { outputOf } from './measure.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const REFERENCE = 'mountns';
const GOALS: Readonly<Record<string, number>> = {
  'userns-identity': 1.05,
  'userns-full': 1.05,
  'userns-single': 1.3,
  bare: 1.05,
  proot: 2,
};

/** Name of the load → its command. */
const LOADS = {
  packages: 'apt-get install -y -qq --no-install-recommends gcc libc6-dev >/dev/null 2>&1',
  forks: 'i=0; while [ $i -lt 2000 ]; do /bin/true; i=$((i+1)); done',
  compiler:
    "mkdir /c && cd /c && for i in $(seq 60); do printf '#include <stdio.h>\\n#include <stdlib.h>\\n#include <sys/stat.h>\\nint f%d;\\n' $i >$i.c; gcc -O0 -c $i.c; done",
  files: 'cp -a /usr/share /copied && rm -rf /copied/doc && chown -R 33:33 /copied',
} as const;
type Load = keyof typeof LOADS;
const NAMES = Object.keys(LOADS) as Load[];

const { results } = await probeIsolation({ scratchParent: tmpdir(), env: process.env, everything: true });
const usable = results.flatMap(({ backend, usable: works }) =>
  works && backend !== 'none' ? [backend] : [],
);
const offered = usable.flatMap((name) => (name === 'userns-single' ? [name, 'bare'] : [name]));
const wanted = process.argv.slice(2);
const compared = offered.filter((name) => name === REFERENCE || wanted.length === 0 || wanted.includes(name));

const context = mkdtempSync(join(tmpdir(), 'ts-kaniko-bench-'));
const program = installProgram();
const registry = await startTestRegistry();
try {
  await registry.publish(`${await debianLayout()}/layout:debian`, 'library/debian:bookworm');
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, 'Dockerfile'), dockerfile());
  const times = new Map(compared.map((name) => [name, [] as Record<Load, number>[]]));
  // In turns, so that each meets the same neighbours.
  for (let round = 0; round < ROUNDS; round++)
    for (const name of compared) {
      // What the one before wrote is not written while this one is timed.
      await outputOf(['sync']);
      const took = await build(name);
      times.get(name)?.push(took);
      console.log(
        `round ${round + 1}, ${name}: ${NAMES.map((load) => `${load} ${took[load].toFixed(2)} s`).join(', ')}`,
      );
    }
  print(times);
} finally {
  await registry.close();
  program.remove();
  rmSync(context, { recursive: true });
}

function dockerfile(): string {
  const download = 'apt-get install -y -qq -d --no-install-recommends gcc libc6-dev';
  return [
    'FROM debian:bookworm',
    'ENV DEBIAN_FRONTEND=noninteractive',
    `RUN apt-get update -qq && ${download} >/dev/null`,
    ...NAMES.map((name) => `RUN ${timed(name)}`),
    '',
  ].join('\n');
}

/** The network takes no part: packages are downloaded in a step before. */
function timed(name: Load): string {
  return `s=$(date +%s%N); ${LOADS[name]}; r=$?; echo "LOAD-TOOK ${name} $(($(date +%s%N)-s))"; exit $r`;
}

async function build(name: string): Promise<Record<Load, number>> {
  const isolation = name === 'bare' ? 'userns-single' : name;
  const words = [...program.command, '--context', context, '--no-push', ...registry.flags];
  const command = [...words, `--isolation=${isolation}`];
  const output = await outputOf(name === 'bare' ? withoutStrace(command) : command);
  const found = [...output.matchAll(/LOAD-TOOK (\w+) (\d+)/g)];
  return Object.fromEntries(
    found.map(([, load, nanoseconds]) => [load, Number(nanoseconds) / 1e9]),
  ) as Record<Load, number>;
}

/** Hides it in a mount namespace that ends with the command. */
function withoutStrace(command: readonly string[]): string[] {
  const script = 'mount --bind /dev/null "$(command -v strace)" && exec "$@"';
  return ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', script, 'sh', ...command];
}

/** The fastest round of each: what a busy machine adds is never negative. */
function print(times: ReadonlyMap<string, readonly Record<Load, number>[]>): void {
  const best = (name: string, load: Load): number =>
    Math.min(...(times.get(name) ?? []).map((round) => round[load]));
  const total = (name: string): number => NAMES.reduce((sum, load) => sum + best(name, load), 0);
  console.log(`best of ${ROUNDS}, load ${readFileSync('/proc/loadavg', 'utf8').trim()}`);
  for (const name of compared) {
    const ratio = (mine: number, theirs: number): string =>
      `${mine.toFixed(2)} s (${(mine / theirs).toFixed(2)})`;
    const cells = NAMES.map((load) => `${load} ${ratio(best(name, load), best(REFERENCE, load))}`);
    const goal = GOALS[name] === undefined ? '' : `, goal ${GOALS[name]}`;
    console.log(`${name.padEnd(16)} ${cells.join('  ')}  all ${ratio(total(name), total(REFERENCE))}${goal}`);
  }
}
