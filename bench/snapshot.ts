/**
 * What finding the changes of a step costs in a tree of 100 000 files, after a RUN that touched 100 of them: the time from
 * the end of the RUN to its list of changes, with the processor time of our own in it, and what goes before it. Needs root; mounts in a namespace of its own.
 * Usage: node bench/snapshot.ts   ROUNDS=5   TMPDIR=…
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromText, toText } from '../src/bytes/index.ts';
import {
  createOverlayMounter,
  diskOwnership,
  ignoreRule,
  OverlayRoot,
  ScanRoot,
  type StageRoot,
} from '../src/snapshot/index.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const [DIRECTORIES, FILES] = [1000, 100];
const TOUCHED = 100;
const INSIDE = '--inside';

if (!process.argv.includes(INSIDE)) {
  const words = [process.execPath, import.meta.filename, INSIDE];
  const { status } = spawnSync('unshare', ['--mount', '--propagation', 'private', '--', ...words], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

const scratch = mkdtempSync(join(tmpdir(), 'ts-kaniko-bench-'));
try {
  makeTree(join(scratch, 'base'));
  const rules = { ignored: ignoreRule([]), ownership: diskOwnership };
  const mounter = createOverlayMounter(fromText(scratch), { userxattr: false, volatile: true });
  await measure('overlay', 60, new OverlayRoot(mounter, 'stage', ['base'], rules));
  // It writes into the base itself, so it comes last.
  const place = (name: string) => fromText(`${scratch}/${name}`);
  await measure('scan', 1000, new ScanRoot(fromText(`${scratch}/base`), rules, place));
} finally {
  rmSync(scratch, { recursive: true });
}

function makeTree(root: string): void {
  for (let directory = 0; directory < DIRECTORIES; directory++) {
    mkdirSync(join(root, `d${directory}`), { recursive: true });
    for (let file = 0; file < FILES; file++)
      writeFileSync(join(root, `d${directory}`, `f${file}`), `${file}\n`);
  }
}

async function measure(name: string, goal: number, root: StageRoot): Promise<void> {
  const rounds: { readonly before: number; readonly after: number; readonly used: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    let [entered, ended] = [0, 0];
    let usedBefore = process.cpuUsage();
    const { changes } = await root.run(({ directory }) => {
      entered = performance.now();
      for (let file = 0; file < TOUCHED; file++)
        appendFileSync(join(toText(directory), `d${file * 7}`, `f${round}`), 'x');
      ended = performance.now();
      usedBefore = process.cpuUsage();
      return Promise.resolve({ user: { uid: 0, gid: 0 }, events: [] });
    });
    const files = changes.filter((change) => change.kind !== 'removed' && change.member.type === 'file');
    if (files.length !== TOUCHED) throw new Error(`${name}: ${files.length} files changed, not ${TOUCHED}`);
    const { user, system } = process.cpuUsage(usedBefore);
    rounds.push({
      before: entered - started,
      after: performance.now() - ended,
      used: (user + system) / 1000,
    });
  }
  const all = (pick: (round: (typeof rounds)[number]) => number): string =>
    `${rounds.map((round) => Math.round(pick(round))).join(', ')} ms`;
  const load = readFileSync('/proc/loadavg', 'utf8').trim();
  console.log(
    `${name}: after the step ${all(({ after }) => after)} (goal ${goal}), of which our own processor time ${all(({ used }) => used)}; before it ${all(({ before }) => before)}; load ${load}`,
  );
}
