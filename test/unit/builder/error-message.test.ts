import { describe, expect, it } from 'vitest';
import { fromErrorMessage, toErrorMessage } from '../../../src/builder/error-message.ts';
import { ErrorMessage } from '../../../src/builder/messages.ts';
import { BuildError } from '../../../src/errors/index.ts';

/** Through JSON and the schema, as between the processes. */
const passed = (error: unknown): BuildError =>
  fromErrorMessage(ErrorMessage.parse(JSON.parse(JSON.stringify(toErrorMessage(error)))));

describe('an error between processes', () => {
  it('keeps all that a user is told', () => {
    const location = { file: 'Dockerfile', line: 3, column: 1, endLine: 4, excerpt: '> RUN x' };
    const error = passed(
      new BuildError('RUN_FAILED', 'it broke', { hint: 'mend it', location, exitStatus: 7 }),
    );
    expect(error).toBeInstanceOf(BuildError);
    expect(error).toMatchObject({
      code: 'RUN_FAILED',
      message: 'it broke',
      hint: 'mend it',
      location,
      exitStatus: 7,
    });
  });

  it('without place, hint and cause has none afterwards', () => {
    const error = passed(new BuildError('IMAGE', 'x'));
    expect(error.hint).toBeUndefined();
    expect(error.location).toBeUndefined();
    expect(error.exitStatus).toBeUndefined();
    expect(error.cause).toBeUndefined();
  });

  it('keeps its causes in order, four at most', () => {
    const deep = [5, 4, 3, 2, 1].reduce<Error | undefined>(
      (cause, n) => new Error(`cause ${n}`, { cause }),
      undefined,
    );
    const messages: string[] = [];
    for (
      let at = passed(new BuildError('NETWORK', 'x', { cause: deep })).cause;
      at instanceof Error;
      at = at.cause
    )
      messages.push(at.message);
    expect(messages).toEqual(['cause 1', 'cause 2', 'cause 3', 'cause 4']);
  });

  it('of the operating system keeps its kind and hint', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(passed(error)).toMatchObject({ code: 'FILESYSTEM', hint: expect.stringContaining('free space') });
  });

  it('may be anything that was thrown', () => {
    expect(passed('just text')).toMatchObject({ code: 'INTERNAL', message: 'just text' });
    expect(passed(new DOMException('stop', 'AbortError'))).toMatchObject({ code: 'CANCELLED' });
  });
});
