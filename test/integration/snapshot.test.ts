import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { mountsRefused, runInNamespace } from '../support/mount-namespace.ts';
import type { SnapshotReport, SnapshotTask } from '../support/snapshot-child.ts';

const BASE = `
printf text > f; printf bits > tool; chmod 755 tool; ln -s f link; mkdir d d/sub skipped; printf 1 > d/one; printf 2 > d/sub/two
mkdir moved; printf m > moved/m; printf x > skipped/x; chmod 555 .
find . -exec touch -h -d @1000 {} +`;

const hasSetcap = spawnSync('setcap', ['-h']).error === undefined;

/** Name, scripts of the steps, what the last of them changes. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['nothing', ['true'], []],
  ['a new file', ['printf hi > new'], ['added file new 644 0:0 2']],
  [
    'a new file in a directory',
    ['printf hi > d/new'],
    ['modified directory d 755 0:0', 'added file d/new 644 0:0 2'],
  ],
  ['other bytes, same size and time', ['printf TEXT > f; touch -d @1000 f'], ['modified file f 644 0:0 4']],
  ['a file opened for writing and left as it was', [': >> f'], []],
  ['a new time only', ['touch -d @2000 f'], ['modified file f 644 0:0 4']],
  ['chmod', ['chmod 600 f'], ['modified file f 600 0:0 4']],
  ['chmod of a directory', ['chmod 700 d'], ['modified directory d 700 0:0']],
  ['chown', ['chown 7:8 f'], ['modified file f 644 7:8 4']],
  ['chown of a link', ['chown -h 7:8 link'], ['modified symlink link 777 7:8 > f']],
  ['setuid', ['chmod 4755 tool'], ['modified file tool 4755 0:0 4']],
  ['a symlink that leads elsewhere', ['ln -sfn d link'], ['modified symlink link 777 0:0 > d']],
  ['a removed file', ['rm d/one'], ['removed d/one', 'modified directory d 755 0:0']],
  ['a removed directory', ['rm -r d'], ['removed d']],
  [
    'a renamed directory',
    ['mv moved elsewhere'],
    ['removed moved', 'added directory elsewhere 755 0:0', 'added file elsewhere/m 644 0:0 1'],
  ],
  ['a directory replaced by a file', ['rm -r d; printf f > d'], ['modified file d 644 0:0 1']],
  ['a file replaced by a directory', ['rm f; mkdir f'], ['modified directory f 755 0:0']],
  ['a directory replaced by a link', ['rm -r d; ln -s f d'], ['modified symlink d 777 0:0 > f']],
  [
    'a directory made anew with other contents',
    ['rm -r d; mkdir d; printf o > d/other'],
    ['removed d/one', 'removed d/sub', 'modified directory d 755 0:0', 'added file d/other 644 0:0 1'],
  ],
  [
    'hard links to a new file, whose names sort unlike the walk',
    ['mkdir a; printf x > a/x; ln a/x a.b'],
    ['added directory a 755 0:0', 'added file a.b 644 0:0 1', 'added hardlink a/x 644 0:0 > a.b'],
  ],
  [
    'a hard link to a file of the base',
    ['ln f z'],
    ['modified file f 644 0:0 4', 'added hardlink z 644 0:0 > f'],
  ],
  [
    'fifos and devices',
    ['mkfifo pipe; mknod null c 1 3'],
    ['added char null 644 0:0 1:3', 'added fifo pipe 644 0:0'],
  ],
  ['what does not belong into layers', ['printf y > skipped/y; rm skipped/x'], []],
  [
    'a file in a directory made for RUN',
    ['printf x > etc/own'],
    ['added directory etc 755 0:0', 'added file etc/own 644 0:0 1'],
  ],
  [
    'a change of what an earlier step made',
    ['printf a > new', 'printf b >> new'],
    ['modified file new 644 0:0 2'],
  ],
  ['a removal of what an earlier step made', ['mkdir n; printf a > n/a', 'rm -r n'], ['removed n']],
  ['a return of what an earlier step removed', ['rm -r d', 'mkdir d'], ['added directory d 755 0:0']],
  [
    'a directory of an earlier step, changed within the same second',
    ['mkdir n; touch -d @1000.2 n', 'touch -d @1000.7 n'],
    ['modified directory n 755 0:0'],
  ],
  ['a file that came and went', ['printf 1 > d/t; rm d/t; touch -d @1000 d'], []],
];
const CAPABILITY_CASES: typeof CASES = [
  ['a new capability', ['setcap cap_net_raw+ep tool'], ['modified file tool 755 0:0 4 security.capability']],
  ['a lost capability', ['setcap cap_net_raw+ep tool', 'setcap -r tool'], ['modified file tool 755 0:0 4']],
];
/** More than any engine runs an image of. */
const MANY_STEPS = 140;

const refused = mountsRefused();

describe.skipIf(refused !== undefined)(
  `snapshots${refused === undefined ? '' : ` (skipped: ${refused})`}`,
  () => {
    const cases = hasSetcap ? [...CASES, ...CAPABILITY_CASES] : CASES;
    const many = Array.from({ length: MANY_STEPS }, (_, at) => `printf ${at} > n${at}; rm -f n${at - 1}`);
    let report: SnapshotReport;
    beforeAll(() => {
      const task: SnapshotTask = { base: BASE, cases: cases.map(([, scripts]) => scripts), long: many };
      report = runInNamespace('snapshot-child.ts', task) as SnapshotReport;
    });

    it.each(cases.map(([name, , expected], index) => [name, expected, index] as const))(
      'tell of %s, on overlays and in plain directories alike',
      (_, expected, index) => {
        expect(report.overlay[index]?.changes).toEqual(expected);
        expect(new Set(report.scan[index]?.changes)).toEqual(new Set(expected));
        expect(report.scan[index]?.tree).toEqual(report.overlay[index]?.tree);
      },
    );

    it('leave no trace of the mount points made for a step', () => {
      const { overlay, scan } = report;
      for (const { tree } of [overlay[0], scan[0]].filter((outcome) => outcome !== undefined))
        expect(tree.filter((path) => /^\.\/(dev|proc|sys|etc)\b/.test(path))).toEqual([]);
    });

    it('leave nothing in scratch when a step changed nothing, and one directory when it did', () => {
      expect([report.overlay[0]?.leftovers, report.overlay[1]?.leftovers]).toEqual([0, 1]);
    });

    it(`hold for a stage of ${MANY_STEPS} steps`, () => {
      const last = MANY_STEPS - 1;
      const expected = [`removed n${last - 1}`, `added file n${last} 644 0:0 3`];
      expect(report.long.changes).toEqual(expected);
      expect(report.long.tree.filter((path) => path.startsWith('./n'))).toEqual([`./n${last}`]);
    });
  },
);
