import { describe, expect, it } from 'vitest';
import { separateLauncherMessages } from '../../../../src/isolation/sandbox/exec-failure.ts';

function finishWith(
  chunks: readonly string[],
  exitCode: number,
  program = 'prog',
): { failure: string | undefined; output: string } {
  let output = '';
  const messages = separateLauncherMessages({ program, workdir: '/w' }, (chunk) => {
    output += Buffer.from(chunk).toString('utf8');
  });
  for (const chunk of chunks) messages.chunk(Buffer.from(chunk));
  return { failure: messages.finish(exitCode), output };
}

describe('separateLauncherMessages', () => {
  it('explains a program that is missing, and swallows the message', () => {
    expect(finishWith(['unsha', 're: failed to execute prog: No such file or directory\n'], 127)).toEqual({
      failure: 'prog was not found in the PATH of the image',
      output: '',
    });
  });

  it('explains a program with a path, one that cannot be executed and a bad directory', () => {
    const missing = finishWith(['unshare: failed to execute /a/b: No such file or directory\n'], 127, '/a/b');
    expect(missing.failure).toMatch(/^\/a\/b does not exist in the image/);
    expect(finishWith(['unshare: failed to execute prog: Permission denied\n'], 126).failure).toBe(
      'prog cannot be executed: Permission denied',
    );
    expect(finishWith(["unshare: cannot chdir to '/w': Not a directory\n"], 1).failure).toBe(
      'the working directory /w cannot be entered: Not a directory',
    );
  });

  it.each([
    ['another status', ['unshare: failed to execute prog: No such file or directory\n'], 1],
    ['a second line', ['unshare: failed to execute prog: x\n', 'more\n'], 127],
    ['no end of line', ['unshare: failed to execute prog: x'], 127],
    ['another program', ['unshare: failed to execute other: x\n'], 127],
    ['text before', ['x unshare: failed to execute prog: x\n'], 127],
  ])('hands on what the program itself said: %s', (_, chunks, status) => {
    expect(finishWith(chunks, status)).toEqual({ failure: undefined, output: chunks.join('') });
  });

  it('holds nothing back for long', () => {
    const long = `unshare: ${'x'.repeat(9000)}`;
    expect(finishWith([long, 'y'], 127)).toEqual({ failure: undefined, output: `${long}y` });
  });
});
