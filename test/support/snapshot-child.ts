/**
 * Runs in a mount namespace of its own, with an empty tmpfs for scratch: carries out steps on stage roots and prints what
 * they say has changed, as JSON. Started by test/integration/snapshot.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { fromText, type BytePath } from '../../src/bytes/index.ts';
import {
  createOverlayMounter,
  diskOwnership,
  ignoreRule,
  OverlayRoot,
  ScanRoot,
  type Change,
  type StageRoot,
} from '../../src/snapshot/index.ts';

export interface SnapshotTask {
  /** A shell script that fills the base, run in it. */
  readonly base: string;
  /** For each case the scripts of its steps, run in the merged tree one after the other. */
  readonly cases: readonly (readonly string[])[];
  /** The steps of one more stage, on overlays only. */
  readonly long: readonly string[];
}

export interface SnapshotOutcome {
  /** What the last step changed. */
  readonly changes: readonly string[];
  /** All paths of the tree afterwards. */
  readonly tree: readonly string[];
  /** Entries left in the stage's own directory of scratch. */
  readonly leftovers: number;
}

export interface SnapshotReport {
  readonly overlay: readonly SnapshotOutcome[];
  readonly scan: readonly SnapshotOutcome[];
  readonly long: SnapshotOutcome;
}

process.umask(0o022);
const [scratch = ''] = process.argv.slice(2);
const task = JSON.parse(readFileSync(0, 'utf8')) as SnapshotTask;
const rules = { ignored: ignoreRule([fromText('/skipped')]), ownership: diskOwnership };
const mounter = createOverlayMounter(fromText(scratch), { userxattr: false, volatile: true });

function shell(script: string, directory: string): string {
  return execFileSync('sh', ['-ec', script], { cwd: directory, encoding: 'utf8' });
}

function described(change: Change): string {
  if (change.kind === 'removed') return `removed ${change.path}`;
  const { type, path, mode, uid, gid, size, linkname, xattrs, devMajor, devMinor } = change.member;
  const device = type === 'char' ? `${devMajor}:${devMinor}` : '';
  const more = [linkname && `> ${linkname}`, device, ...xattrs.keys()].filter((text) => text !== '');
  const shownSize = type === 'file' ? [size] : [];
  return [change.kind, type, path, mode.toString(8), `${uid}:${gid}`, ...shownSize, ...more].join(' ');
}

async function outcome(root: StageRoot, scripts: readonly string[], own: string): Promise<SnapshotOutcome> {
  let changes: readonly Change[] = [];
  for (const script of scripts) {
    ({ changes } = await root.run(async ({ directory }) => {
      await Promise.resolve();
      shell(script, directory);
      return { user: { uid: 0, gid: 0 }, events: [] };
    }));
  }
  const opened = root.open();
  const tree = shell('find . | sort', opened.directory as string)
    .trim()
    .split('\n');
  opened.close();
  return { changes: changes.map(described), tree, leftovers: Number(shell('ls | wc -l', own)) };
}

const [overlays, scans]: [SnapshotOutcome[], SnapshotOutcome[]] = [[], []];
mkdirSync(`${scratch}/base`);
shell(task.base, `${scratch}/base`);
const place = (name: string): BytePath => fromText(`${scratch}/${name}`);
const pristine = new ScanRoot(place('base'), rules, place);
for (const [index, scripts] of task.cases.entries()) {
  const overlay = new OverlayRoot(mounter, `o${index}`, ['base'], rules);
  overlays.push(await outcome(overlay, scripts, `${scratch}/o${index}`));
  scans.push(await outcome(pristine.fork(`s${index}`), scripts, `${scratch}/s${index}`));
}
const longStage = new OverlayRoot(mounter, 'long', ['base'], rules);
const long = await outcome(longStage, task.long, `${scratch}/long`);
const report: SnapshotReport = { overlay: overlays, scan: scans, long };
process.stdout.write(JSON.stringify(report));
