import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../../../src/dockerfile/index.ts';

const warningsOf = (text: string) =>
  parseDockerfile(text, { file: 'D' }).warnings.map(({ rule, range }) => `${range.startLine} ${rule}`);

describe('build checks', () => {
  it.each<[string, string[]]>([
    ['FROM a\nCMD ["x"]\n', []],
    ['from a as b\n', []],
    ['From a as b\nFROM a AS c\n', ['1 ConsistentInstructionCasing']],
    ['FROM a\nrun x\n', ['2 ConsistentInstructionCasing']],
    ['FROM a As b\n', ['1 FromAsCasing']],
    ['FROM a AS b\nFROM a AS B\n', ['2 StageNameCasing', '2 DuplicateStageName']],
    ['FROM a\nSHELL ["x"]\nCMD y\n', []],
    ['FROM a\nCMD y\nSHELL ["x"]\n', ['2 JSONArgsRecommended']],
    ['ARG x\nFROM a:$x\n', []],
    ['FROM a:${x:-1}\n', ['1 UndefinedArgInFrom']],
    ['FROM --platform=$BUILDPLATFORM a\n', []],
    ['FROM --platform=linux/${TARGETARCH} a\n', []],
    ['FROM a:${x\n', []],
    ['FROM a\nARG MONKEY=1 KEYBOARD TOKEN_FILE\n', []],
    ['FROM a\nRUN x \\\n\n y\n\n', ['3 NoEmptyContinuation']],
    ['FROM a\nEXPOSE 1/Udp\nEXPOSE 2/$P\n', ['2 ExposeProtoCasing']],
    ['FROM a\nEXPOSE [::1]:80:80\n', ['2 ExposeInvalidFormat']],
  ])('%j', (text, expected) => expect(warningsOf(text)).toEqual(expected));

  it('are left out where the file says so', () => {
    const text = 'FROM a as B\nMAINTAINER x\nCMD y\n';
    expect(warningsOf(text)).toEqual([
      '1 StageNameCasing',
      '1 FromAsCasing',
      '2 MaintainerDeprecated',
      '3 JSONArgsRecommended',
    ]);
    expect(warningsOf(`# check=skip=FromAsCasing,MaintainerDeprecated\n${text}`)).toEqual([
      '2 StageNameCasing',
      '4 JSONArgsRecommended',
    ]);
    expect(warningsOf(`# check=skip=all;error=true\n${text}`)).toEqual([]);
  });
});
