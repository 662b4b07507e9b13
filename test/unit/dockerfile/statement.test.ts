import { describe, expect, it } from 'vitest';
import { type BuildError } from '../../../src/errors/index.ts';
import { splitLines } from '../../../src/dockerfile/lines.ts';
import { locationIn } from '../../../src/dockerfile/source-location.ts';
import { readStatements, splitLine } from '../../../src/dockerfile/statement.ts';

const read = (text: string) => [
  ...readStatements(splitLines(text), '\\', (range) => locationIn(text, 'D', range)),
];

describe('splitLine', () => {
  it('cuts keyword, flags and arguments', () => {
    expect(splitLine('copy\t--a=b  --c  d  e ', '\\')).toEqual({
      keyword: 'copy',
      flags: ['--a=b', '--c'],
      rest: 'd  e',
      line: 'copy\t--a=b  --c  d  e ',
      escape: '\\',
    });
    expect(splitLine('CMD', '`')).toMatchObject({ keyword: 'CMD', flags: [], rest: '', escape: '`' });
  });
});

describe('readStatements', () => {
  it('reads heredocs of RUN, COPY, ADD and of ONBUILD around them', () => {
    const bodies = (text: string) => read(text).map(({ heredocs }) => heredocs.map(({ content }) => content));
    expect(bodies('run <<E\na\nE\nADD <<E /x\nb\nE')).toEqual([['a\n'], ['b\n']]);
    expect(bodies('ONBUILD COPY <<A <<B /x/\n1\nA\n2\nB')).toEqual([['1\n', '2\n']]);
  });

  it('reads none elsewhere, nor in the JSON form', () => {
    expect(read('CMD cat <<E\nONBUILD CMD <<E\nRUN ["<<E"]\nRUN [1, "<<E"]')).toHaveLength(4);
  });

  it('ends a body at the exact name only, comments and instructions in it being text', () => {
    const [statement] = read('RUN <<-E\n\tRUN x\n# c\n E\n\tE \n\t\tE\r\n');
    expect(statement?.heredocs[0]?.content).toBe('RUN x\n# c\n E\nE \n');
    expect(statement?.range).toEqual({ startLine: 1, startColumn: 1, endLine: 6, endColumn: 4 });
  });

  it('locates a heredoc that never ends', () => {
    let thrown: BuildError | undefined;
    try {
      read('FROM a\nRUN <<E\nx');
    } catch (error) {
      thrown = error as BuildError;
    }
    expect(thrown?.message).toBe('unterminated heredoc');
    expect(thrown?.location).toMatchObject({ file: 'D', line: 2, column: 1 });
  });
});
