import { describe, expect, it } from 'vitest';
import { BuildError } from '../../../../src/errors/index.ts';
import { expandInstruction, parseDockerfile } from '../../../../src/dockerfile/index.ts';

const parse = (text: string) => parseDockerfile(text, { file: 'D' });

describe('parseDockerfile', () => {
  it('sorts instructions into stages', () => {
    const { file, metaArgs, stages } = parse('ARG a\nARG b=1\nFROM x\nRUN y\nFROM z AS q\nARG a\n');
    expect(file).toBe('D');
    expect(metaArgs.map(({ args }) => args[0]?.name)).toEqual(['a', 'b']);
    expect(
      stages.map(({ index, from, instructions }) => [index, from.image, from.stageName, instructions.length]),
    ).toEqual([
      [0, 'x', undefined, 1],
      [1, 'z', 'q', 1],
    ]);
  });

  it('says the same whatever the line ends and the mark at the front', () => {
    const text = '# escape=`\nFROM a\nENV A=1 `\n  B=2\nCMD x\n';
    const plain = parse(text);
    for (const other of [text.replaceAll('\n', '\r\n'), `\ufeff${text}`, text.trimEnd()]) {
      expect({ ...parse(other), text }).toEqual(plain);
    }
  });
});

/** Numbers from 0 to 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('hostile text', () => {
  const PIECES = [
    ...[
      'FROM ',
      'RUN ',
      'COPY ',
      'ADD ',
      'ENV ',
      'ARG ',
      'ONBUILD ',
      'HEALTHCHECK ',
      'CMD ',
      'LABEL ',
      'VOLUME ',
    ],
    ...[
      'EXPOSE ',
      'SHELL ',
      'USER ',
      '# escape=`',
      '# check=',
      '\n',
      '\n',
      '\n',
      '\r\n',
      '\\\n',
      '`\n',
      '\t',
      ' ',
    ],
    ...[
      '<<E',
      '<<-"E"',
      '\nE\n',
      '<<',
      '--mount=',
      '--from=',
      '--',
      '=',
      '"',
      "'",
      '\\',
      '$',
      '${',
      '}',
      ':-',
    ],
    ...[
      '["a"]',
      '[',
      '{',
      ',',
      'a',
      'b',
      'type=cache',
      'AS ',
      '/',
      '#',
      '\0',
      '\ufeff',
      '\ud800',
      '🐳',
      '0',
      'NONE',
    ],
  ];

  it('is parsed and expanded, or refused with a located error of ours', () => {
    const random = randomFrom(1);
    let accepted = 0;
    for (let round = 0; round < 4000; round++) {
      const length = 1 + Math.floor(random() * 14);
      const noise = Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');
      if (isHandled(random() < 0.8 ? `FROM a\n${noise}` : noise)) accepted++;
    }
    expect(accepted).toBeGreaterThan(100);
  });

  it.each<[string, string]>([
    ['blanks within a line', `FROM a\nRUN x${' '.repeat(500_000)}y`],
    ['escapes and blanks', `FROM a\nRUN ${'\\ '.repeat(200_000)}y`],
    ['nested arrays', `FROM a\nCMD ${'['.repeat(200_000)}`],
    ['nested variables', `FROM a\nENV A=${'${a:-'.repeat(100_000)}`],
    ['an instruction without an end', `FROM a\nRUN ${'x \\\n'.repeat(100_000)}`],
    ['many instructions', `FROM a\n${'ENV a=b\n'.repeat(20_000)}`],
    ['many heredocs', `FROM a\nCOPY ${'<<E '.repeat(2_000)}/d/\n${'E\n'.repeat(2_000)}`],
    ['a huge heredoc', `FROM a\nCOPY <<E /d\n${'$x\n'.repeat(100_000)}E\n`],
    ['a long keyword', `FROM a\n${'R'.repeat(1_000_000)}`],
    ['a long directive', `# escape${' '.repeat(500_000)}\nFROM a`],
    ['quotes', `FROM a\nENV ${'"'.repeat(300_001)}`],
    ['mount options', `FROM a\nRUN --mount=${'ro,'.repeat(100_000)}ro x`],
  ])('of great size does not take long: %s', (_what, text) => {
    expect(typeof isHandled(text)).toBe('boolean');
  });
});

/** Whether the text is accepted; fails the test for any error that is not ours or has no place. */
function isHandled(text: string): boolean {
  try {
    const { stages, escape } = parse(text);
    for (const { instructions } of stages) {
      for (const instruction of instructions) tryExpanding(instruction, escape);
    }
    return true;
  } catch (error) {
    expect(error, text.slice(0, 200)).toBeInstanceOf(BuildError);
    expect((error as BuildError).code).toMatch(/^DOCKERFILE_/);
    expect((error as BuildError).location?.excerpt).toBeTypeOf('string');
    return false;
  }
}

function tryExpanding(instruction: Parameters<typeof expandInstruction>[0], escape: '\\' | '`'): void {
  try {
    expandInstruction(instruction, () => 'v', { escape });
  } catch (error) {
    expect(error).toBeInstanceOf(BuildError);
    expect((error as BuildError).code).toMatch(/^DOCKERFILE_/);
  }
}
