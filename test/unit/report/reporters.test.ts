import { describe, expect, it } from 'vitest';
import {
  atVerbosity,
  githubReporter,
  jsonReporter,
  plainReporter,
  silentReporter,
  ttyReporter,
  type Reporter,
  type Verbosity,
} from '../../../src/report/index.ts';
import { STEP, reportEverywhere } from '../../support/reporting.ts';

const LOCATION = { file: 'Dockerfile', line: 3, column: 1, endLine: 3 };

function plainLines(work: (reporter: Reporter) => void, now: () => number = () => 0): string[] {
  const lines: string[] = [];
  work(plainReporter({ write: (line) => lines.push(line), now }));
  return lines;
}

describe('plainReporter', () => {
  it('tells a step in lines that carry its number', () => {
    const lines = plainLines((reporter) => {
      reporter.stepStarted({ ...STEP, text: 'RUN make \\\n   install' });
      reporter.stepOutput(STEP, 'stdout', 'one\ntw');
      reporter.stepOutput(STEP, 'stderr', 'error\n');
      reporter.stepOutput(STEP, 'stdout', 'o\nrest');
      reporter.stepFinished(STEP, { milliseconds: 3_140, state: 'done', layerBytes: 2_300_000 });
    });
    expect(lines).toEqual([
      '#1 [builder 2/5] RUN make \\ install',
      '#1 one',
      '#1 error',
      '#1 two',
      '#1 rest',
      '#1 done 3.1s, layer 2.3 MB',
    ]);
  });

  it('numbers steps of stages that run side by side', () => {
    const other = { ...STEP, stage: 'final' };
    const lines = plainLines((reporter) => {
      reporter.stepStarted(STEP);
      reporter.stepStarted(other);
      reporter.stepFinished(STEP, { milliseconds: 1, state: 'cached' });
      reporter.stepFinished(other, { milliseconds: 90_000, state: 'failed' });
    });
    expect(lines.slice(2)).toEqual(['#1 cached', '#2 failed 1m30s']);
  });

  it('tells where a warning belongs, and takes credentials out', () => {
    const lines = plainLines((reporter) => {
      reporter.warn('bad\nworse', LOCATION);
      reporter.info('at https://user:secret@host/x');
    });
    expect(lines).toEqual(['warning: Dockerfile:3: bad', 'warning: worse', 'at https://***@host/x']);
  });

  it('tells of a transfer when it ends, and every ten seconds of a long one', () => {
    let time = 0;
    const transfer = { direction: 'pull', what: 'layer', total: 2_000 } as const;
    const lines = plainLines(
      (reporter) => {
        for (time = 0; time <= 25_000; time += 1_000) reporter.transfer({ ...transfer, done: time / 25 });
        reporter.transfer({ ...transfer, done: 2_000, state: 'done' });
        reporter.transfer({ ...transfer, done: 0, state: 'reused' });
      },
      () => time,
    );
    expect(lines).toEqual([
      'pull layer: 400 B of 2.0 kB',
      'pull layer: 800 B of 2.0 kB',
      'pull layer: 2.0 kB',
      'pull layer: already there',
    ]);
  });

  it('begins each line with the prefix', () => {
    const lines: string[] = [];
    plainReporter({ write: (line) => lines.push(line), now: () => 0, prefix: () => 'T ' }).info('a\nb');
    expect(lines).toEqual(['T a', 'T b']);
  });
});

describe('jsonReporter', () => {
  it('writes one object a line, whatever is in it', () => {
    const lines: string[] = [];
    const reporter = jsonReporter({ write: (line) => lines.push(line), time: () => 'T' });
    reportEverywhere(reporter, 'a\n"b"\u2028\r\x1b[0m');
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      expect(line).not.toMatch(/[\n\r]/);
      expect(JSON.parse(line)).toMatchObject({
        time: 'T',
        level: expect.stringMatching(/debug|info|warning/),
      });
    }
  });

  it('carries the data of a step and of a warning', () => {
    const events: unknown[] = [];
    const reporter = jsonReporter({ write: (line) => events.push(JSON.parse(line)), time: () => 'T' });
    reporter.stepFinished(STEP, { milliseconds: 5, state: 'done', layerBytes: 7 });
    reporter.warn('careful', LOCATION);
    reporter.transfer({ direction: 'push', what: 'x', done: 1, total: 2 });
    expect(events).toEqual([
      {
        level: 'info',
        time: 'T',
        event: 'step-finished',
        msg: 'RUN make',
        stage: 'builder',
        index: 2,
        total: 5,
        line: 7,
        milliseconds: 5,
        state: 'done',
        layerBytes: 7,
      },
      { level: 'warning', time: 'T', event: 'message', msg: 'careful', file: 'Dockerfile', line: 3 },
    ]);
  });
});

describe('ttyReporter', () => {
  const terminal = (columns: number, now: () => number = () => 0) => {
    const screen = { text: '' };
    const reporter = ttyReporter({ write: (text) => (screen.text += text), now, columns: () => columns });
    return { screen, reporter };
  };

  it('draws running transfers below the log, and wipes the line before it writes another', () => {
    const { screen, reporter } = terminal(80);
    reporter.transfer({ direction: 'pull', what: 'layer', done: 1, total: 2 });
    reporter.info('hello');
    reporter.transfer({ direction: 'pull', what: 'layer', done: 2, total: 2, state: 'done' });
    const bar = '\r\x1b[2Kpull layer: 1 B of 2 B';
    expect(screen.text).toBe(`${bar}\r\x1b[2Khello\n${bar}\r\x1b[2Kpull layer: 2 B\n`);
  });

  it('draws no more than ten times a second, and never wider than the terminal', () => {
    let time = 0;
    const { screen, reporter } = terminal(12, () => time);
    for (time = 0; time < 1_000; time += 10)
      reporter.transfer({ direction: 'pull', what: 'a-long-name', done: time, total: 1_000 });
    const drawn = screen.text.split('\r\x1b[2K').slice(1);
    expect(drawn).toHaveLength(10);
    for (const line of drawn) expect(line.length).toBeLessThan(12);
  });

  it('lets colours of RUN pass and takes moves of the cursor out', () => {
    const { screen, reporter } = terminal(80);
    reporter.stepOutput(STEP, 'stdout', '\x1b[32mgreen\x1b[2J\x1b[1A\n');
    expect(screen.text).toBe('#1 \x1b[32mgreen\x1b[0m\n');
  });
});

describe('githubReporter', () => {
  it('makes annotations of warnings and lines of the rest', () => {
    const lines: string[] = [];
    const notes: unknown[] = [];
    const reporter = githubReporter({
      write: (line) => lines.push(line),
      now: () => 0,
      annotate: (...note) => notes.push(note),
    });
    reporter.info('fine');
    reporter.warn('token https://u:p@h', LOCATION);
    expect(lines).toEqual(['fine']);
    expect(notes).toEqual([['token https://***@h', LOCATION]]);
  });
});

describe('atVerbosity', () => {
  const heardAt = (verbosity: Verbosity): string[] => {
    const heard: string[] = [];
    const names = Object.keys(silentReporter()) as (keyof Reporter)[];
    const recording = Object.fromEntries(
      names.map((name) => [name, () => void heard.push(name)]),
    ) as unknown as Reporter;
    reportEverywhere(atVerbosity(recording, verbosity), 'x');
    return [...new Set(heard)].sort();
  };
  const all = Object.keys(silentReporter()).sort();

  it('leaves out what is not asked for', () => {
    expect(heardAt('trace')).toEqual(all);
    expect(heardAt('debug')).toEqual(all);
    expect(heardAt('info')).toEqual(all.filter((name) => name !== 'debug'));
    expect(heardAt('warn')).toEqual(['warn']);
    for (const quiet of ['error', 'fatal', 'panic'] as const) expect(heardAt(quiet)).toEqual([]);
  });
});
