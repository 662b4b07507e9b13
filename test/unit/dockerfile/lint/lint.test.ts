import { describe, expect, it } from 'vitest';
import { LINT_RULES, parseCheckOptions, parseDockerfile } from '../../../../src/dockerfile/index.ts';

const warningsOf = (text: string) =>
  parseDockerfile(text, { file: 'D' }).warnings.map(({ rule, range }) => `${range.startLine} ${rule}`);

describe('build checks of a file', () => {
  it.each<[string, string[]]>([
    ['FROM a\nCMD ["x"]\n', []],
    ['from a as b\n', []],
    ['From a as b\nFROM a AS c\n', ['1 ConsistentInstructionCasing']],
    ['FROM a\nrun x\n', ['2 ConsistentInstructionCasing']],
    ['FROM a As b\n', ['1 FromAsCasing']],
    ['FROM a AS b\nFROM a AS B\n', ['2 StageNameCasing', '2 DuplicateStageName']],
    ['ARG x\nFROM a:$x\n', []],
    ['FROM a:${x:-1}\n', ['1 UndefinedArgInFrom']],
    ['FROM --platform=$BUILDPLATFORM a\n', []],
    ['FROM --platform=linux/${TARGETARCH} a\n', []],
    ['FROM a:${x\n', []],
    ['FROM a\nRUN x \\\n\n y\n\n', ['4 NoEmptyContinuation']],
  ])('%j', (text, expected) => expect(warningsOf(text)).toEqual(expected));

  it('are left out where the file says so', () => {
    const text = 'FROM a as B\nMAINTAINER x\n';
    expect(warningsOf(text)).toEqual(['1 StageNameCasing', '1 FromAsCasing', '2 MaintainerDeprecated']);
    expect(warningsOf(`# check=skip=FromAsCasing,MaintainerDeprecated\n${text}`)).toEqual([
      '2 StageNameCasing',
    ]);
    expect(warningsOf(`# check=skip=all;error=true\n${text}`)).toEqual([]);
  });

  it('listen to options from outside in place of those of the file', () => {
    const text = '# check=skip=all\n\nFROM a as B\nMAINTAINER x\n';
    const check = parseCheckOptions('skip=FromAsCasing');
    const { warnings } = parseDockerfile(text, { file: 'D', check });
    expect(warnings.map(({ rule }) => rule)).toEqual(['StageNameCasing', 'MaintainerDeprecated']);
  });

  it.each<[string, string[]]>([
    ['# check=skip=MaintainerDeprecated\nMAINTAINER x\nMAINTAINER y', ['4 MaintainerDeprecated']],
    ['# why\n# check=skip=all a remark\nMAINTAINER x', []],
    ['# check=skip=all\n\nMAINTAINER x', []],
    ['# check=skip=all\n#\nMAINTAINER x', ['4 MaintainerDeprecated']],
    ['# check=skip=all\nRUN a\nMAINTAINER x', ['4 MaintainerDeprecated']],
    ['# check=nonsense\nMAINTAINER x', ['3 MaintainerDeprecated']],
    ['# check=skip=NoEmptyContinuation\nRUN a \\\n\n  b', []],
  ])('listen to the comment straight above an instruction: %j', (body, expected) => {
    expect(warningsOf(`FROM a\n${body}\n`)).toEqual(expected);
  });

  it('have names, texts and pages of their own', () => {
    const rules = Object.values(LINT_RULES);
    expect(rules).toHaveLength(22);
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    expect(LINT_RULES.jsonArgsRecommended.url).toBe(
      'https://docs.docker.com/go/dockerfile/rule/json-args-recommended/',
    );
    expect(LINT_RULES.secretsUsedInArgOrEnv.url).toMatch(/\/secrets-used-in-arg-or-env\/$/);
  });
});

describe('descriptions', () => {
  const described = (text: string) => warningsOf(`# check=experimental=all\n\n${text}`);

  it.each<[string, string[]]>([
    ['# b builds\nFROM a AS b\n', []],
    ['# builds\nFROM a AS b\n', ['4 InvalidDefinitionDescription']],
    ['# builds\n\nFROM a AS b\n', ['5 InvalidDefinitionDescription']],
    ['# builds\n#\nFROM a AS b\n', []],
    ['# builds\nFROM a\n', []],
    ['# X says\n# what\nARG X=1\nFROM a\n', ['5 InvalidDefinitionDescription']],
    ['# what\n# X says\nARG X=1 Y=2\nFROM a\n', []],
    ['FROM a\n# what\nARG X=1 Y=2\n', ['5 InvalidDefinitionDescription']],
    ['# check=skip=all\nFROM a AS b\n', []],
  ])('%j', (text, expected) => expect(described(text)).toEqual(expected));

  it('are not looked at unless somebody asks', () => {
    expect(warningsOf('# builds\nFROM a AS b\n')).toEqual([]);
    expect(
      warningsOf('# check=skip=all;experimental=InvalidDefinitionDescription\n\n# x\nFROM a AS b\n'),
    ).toEqual(['4 InvalidDefinitionDescription']);
  });
});
