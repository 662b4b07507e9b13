import { describe, expect, it } from 'vitest';
import { assertNever, BuildError, toBuildError, withLocation } from '../../../src/errors/index.ts';

const place = { file: 'Dockerfile', line: 3, column: 1, endLine: 3 };

const systemError = (code: string): Error => Object.assign(new Error(`${code}: failed`), { code });

describe('toBuildError', () => {
  it('leaves a BuildError as it is', () => {
    const error = new BuildError('USAGE', 'wrong flag');
    expect(toBuildError(error)).toBe(error);
  });

  it.each(['ENOSPC', 'EACCES', 'ENOENT', 'ELOOP'])(
    'makes %s FILESYSTEM, in the words of the system',
    (code) => {
      const cause = systemError(code);
      expect(toBuildError(cause)).toMatchObject({ code: 'FILESYSTEM', message: `${code}: failed`, cause });
    },
  );

  it('says what helps when a disk is full', () => {
    expect(toBuildError(systemError('ENOSPC')).hint).toContain('free space');
    expect(toBuildError(systemError('EDQUOT')).hint).toContain('free space');
    expect(toBuildError(systemError('EACCES')).hint).toBeUndefined();
  });

  it('knows a cancelled build', () => {
    const abort = AbortSignal.abort().reason as unknown;
    expect(toBuildError(abort)).toMatchObject({ code: 'CANCELLED', cause: abort });
  });

  it('takes anything else for a fault of ours', () => {
    expect(toBuildError(new TypeError('x is undefined'))).toMatchObject({
      code: 'INTERNAL',
      message: 'x is undefined',
    });
    expect(toBuildError(systemError('EWHATEVER')).code).toBe('INTERNAL');
    expect(toBuildError('text')).toMatchObject({ code: 'INTERNAL', message: 'text' });
  });
});

describe('withLocation', () => {
  it('adds the place and keeps everything else', () => {
    const error = new BuildError('RUN_FAILED', 'exit 7', { hint: 'look', exitStatus: 7 });
    expect(withLocation(error, place)).toMatchObject({
      code: 'RUN_FAILED',
      message: 'exit 7',
      hint: 'look',
      exitStatus: 7,
      location: place,
      cause: error,
    });
  });

  it('does not move an error that knows its place', () => {
    const error = new BuildError('USAGE', 'x', { location: { ...place, line: 1 } });
    expect(withLocation(error, place)).toBe(error);
  });

  it('keeps the first cause', () => {
    const cause = systemError('EIO');
    expect(withLocation(cause, place)).toMatchObject({ code: 'FILESYSTEM', location: place, cause });
  });
});

it('assertNever names what was forgotten', () => {
  expect(() => assertNever({ kind: 'new' } as never)).toThrow('{"kind":"new"}');
});
