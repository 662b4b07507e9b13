import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { BuildError, type ErrorCode } from '../../../src/errors/index.ts';
import {
  EXIT_CODES,
  abbreviate,
  abortOnSignals,
  exitCode,
  formatBytes,
  formatDuration,
  jsonError,
  orCancelled,
  renderError,
  signalExitCode,
} from '../../../src/report/index.ts';

describe('exitCode', () => {
  it.each(Object.entries(EXIT_CODES))('%s ends with %i', (code, status) => {
    expect(exitCode(new BuildError(code as ErrorCode, 'x'))).toBe(status);
  });

  it('never is 0', () => {
    expect(Object.values(EXIT_CODES).filter((status) => status <= 0 || status > 255)).toEqual([]);
    expect(exitCode(undefined)).toBe(70);
  });

  it.each([
    [7, 7],
    [255, 255],
    [1, 1],
    [0, 1],
    [256, 1],
    [undefined, 1],
  ])('a RUN that ended with %s gives %i', (exitStatus, expected) => {
    expect(exitCode(new BuildError('RUN_FAILED', 'x', { exitStatus }))).toBe(expected);
  });

  it('tells the signal', () => {
    const cancelled = new BuildError('CANCELLED', 'x');
    expect([exitCode(cancelled, 'SIGINT'), exitCode(cancelled, 'SIGTERM')]).toEqual([130, 143]);
    expect(exitCode(new DOMException('gone', 'AbortError'), 'SIGTERM')).toBe(143);
    expect([signalExitCode('SIGINT'), signalExitCode('SIGTERM')]).toEqual([130, 143]);
  });

  it('takes errors of the system for FILESYSTEM', () => {
    expect(exitCode(Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toBe(74);
  });
});

describe('renderError', () => {
  it('shows place, excerpt, message, causes and hint', () => {
    const error = new BuildError('DOCKERFILE_SYNTAX', 'unknown instruction: RUM', {
      hint: 'did you mean RUN?',
      location: { file: 'Dockerfile', line: 2, column: 1, endLine: 3, excerpt: '>>> RUM x\n' },
      cause: new Error('first', { cause: new Error('second') }),
    });
    expect(renderError(error)).toBe(
      [
        'Dockerfile:2-3',
        '>>> RUM x',
        'error: unknown instruction: RUM',
        '  caused by: first',
        '  caused by: second',
        'hint: did you mean RUN?',
      ].join('\n'),
    );
  });

  it('repeats no cause and follows no endless chain', () => {
    const knot = new Error('knot');
    knot.cause = knot;
    const text = renderError(new BuildError('NETWORK', 'top', { cause: new Error('top', { cause: knot }) }));
    expect(text).toBe('error: top\n  caused by: knot');
  });

  it('cuts what a registry says at 8 KiB', () => {
    const text = renderError(new BuildError('REGISTRY', 'x'.repeat(1 << 20)));
    expect(text.length).toBeLessThan(8 * 1024 + 100);
  });

  it('takes credentials out', () => {
    const text = renderError(
      new BuildError('NETWORK', 'GET https://me:secret@host/?sig=abc failed: Bearer abcdefgh12345678'),
    );
    expect(text).not.toMatch(/secret|sig=abc|abcdefgh/);
  });

  it('asks for a report of our own mistakes', () => {
    expect(renderError(new TypeError('x is not a function'))).toMatch(/x is not a function\nhint: .*report/);
  });
});

describe('jsonError', () => {
  it('is one object with the code and the place', () => {
    const error = new BuildError('CONTEXT', 'no "x" at https://u:p@h', {
      hint: 'look',
      location: { file: 'Dockerfile', line: 4, column: 1, endLine: 4 },
    });
    expect(JSON.parse(jsonError(error, 'T'))).toEqual({
      level: 'error',
      time: 'T',
      event: 'error',
      msg: 'no "x" at https://***@h',
      code: 'CONTEXT',
      hint: 'look',
      file: 'Dockerfile',
      line: 4,
    });
  });
});

describe('abortOnSignals', () => {
  it('aborts at the first signal and gives up at the second', () => {
    const source = new EventEmitter();
    const given: string[] = [];
    const { signal } = abortOnSignals(source, (name) => given.push(name));
    source.emit('SIGINT');
    expect([signal.aborted, signal.reason, given]).toEqual([true, 'SIGINT', []]);
    source.emit('SIGTERM');
    expect(given).toEqual(['SIGTERM']);
  });

  it('leaves no listener behind', () => {
    const source = new EventEmitter();
    abortOnSignals(source, () => undefined).dispose();
    expect(source.eventNames()).toEqual([]);
  });
});

describe('orCancelled', () => {
  it('is the error itself until a signal came', () => {
    const controller = new AbortController();
    const error = new Error('x');
    expect(orCancelled(error, controller.signal)).toBe(error);
    controller.abort('SIGINT');
    expect(orCancelled(error, controller.signal)).toMatchObject({ code: 'CANCELLED', cause: error });
  });
});

describe('figures for people', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [3_400_000_000, '3.4 GB'],
    [5e15, '5000.0 TB'],
  ])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, '0.0s'],
    [449, '0.4s'],
    [59_949, '59.9s'],
    [59_950, '1m00s'],
    [185_000, '3m05s'],
    [3_600_000, '60m00s'],
  ])('%i ms are %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  it('abbreviates in one line', () => {
    expect(abbreviate('  a\n\tb  ', 10)).toBe('a b');
    expect(abbreviate('abcdef', 4)).toBe('abc…');
    expect(abbreviate('abcd', 4)).toBe('abcd');
  });
});
