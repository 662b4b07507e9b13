import { describe, expect, it } from 'vitest';
import { BuildError } from '../../../../src/errors/index.ts';
import {
  expandFrom,
  expandInstruction,
  locationOf,
  parseDockerfile,
  type StageInstruction,
} from '../../../../src/dockerfile/index.ts';

const VALUES: Record<string, string> = { A: 'apple', S: 'x y', P: '8080', R: '1 2', D: '/d', U: 'me' };
const lookup = (name: string): string | undefined => VALUES[name];
const options = { escape: '\\' } as const;

function parse(line: string): StageInstruction {
  const instruction = parseDockerfile(`FROM scratch\n${line}\n`, { file: 'D' }).stages[0]?.instructions[0];
  if (instruction === undefined) throw new Error(`no instruction in ${line}`);
  return instruction;
}
const expanded = (line: string): StageInstruction => expandInstruction(parse(line), lookup, options);

describe('where variables are replaced', () => {
  it.each<[string, object]>([
    ['ADD --chown=$U --chmod=$P $A "$S" $D/', { sources: ['apple', 'x y'], chown: 'me', chmod: '8080' }],
    ['ARG a=$A $A=b c', { args: [{ name: 'a', value: 'apple' }, { name: '$A', value: 'b' }, { name: 'c' }] }],
    ['COPY --exclude=$A ["$S", "${D}/"]', { sources: ['x y'], destination: '/d/', excludes: ['$A'] }],
    [
      'ENV $A=$S B=\'$A\' C="$A" D=\\$A',
      {
        pairs: [
          { key: 'apple', value: 'x y' },
          { key: 'B', value: '$A' },
          { key: 'C', value: 'apple' },
          { key: 'D', value: '$A' },
        ],
      },
    ],
    ['ENV K  $A "$S" ', { pairs: [{ key: 'K', value: 'apple x y' }] }],
    ['EXPOSE $P $R $NONE "$P"/tcp', { values: ['8080', '1', '2', '8080/tcp'] }],
    [
      'LABEL a.$A="$S" "b c"=d',
      {
        pairs: [
          { key: 'a.apple', value: 'x y' },
          { key: 'b c', value: 'd' },
        ],
      },
    ],
    ['STOPSIGNAL ${SIG:-SIGTERM}', { value: 'SIGTERM' }],
    ['USER $U:"$NONE"', { value: 'me:' }],
    ['VOLUME $D "/e"', { values: ['/d', '/e'] }],
    ['VOLUME ["$D", "/a b"]', { values: ['/d', '/a b'] }],
    ['WORKDIR "$D/a b"', { value: '/d/a b' }],
    [
      'RUN --mount=type=cache,target=$D $A',
      { command: { text: '$A' }, mounts: [{ raw: 'type=cache,target=$D' }] },
    ],
  ])('%s', (line, expected) => {
    expect(expanded(line)).toMatchObject(expected);
  });

  it.each([
    'CMD echo $A',
    'CMD ["$A"]',
    'ENTRYPOINT $A',
    'HEALTHCHECK CMD $A',
    'MAINTAINER $A',
    'ONBUILD RUN $A',
    'SHELL ["$A"]',
    'RUN --network=none $A "$S"',
    'RUN <<EOF\n$A\nEOF',
  ])('not in %s', (line) => expect(expanded(line)).toEqual(parse(line)));

  it('leaves the node it was given as it was', () => {
    const instruction = parse('ENV a=$A');
    const before = structuredClone(instruction);
    expandInstruction(instruction, lookup, options);
    expect(instruction).toEqual(before);
  });

  it('does not look at the default of an ARG that is given', () => {
    const given = (name: string): boolean => name === 'a';
    expect(expandInstruction(parse('ARG a=${X:?} b=$A'), lookup, { ...options, given })).toMatchObject({
      args: [
        { name: 'a', value: '${X:?}' },
        { name: 'b', value: 'apple' },
      ],
    });
    expect(() => expanded('ARG a=${X:?}')).toThrow('X: is not allowed to be unset');
  });
});

describe('what is checked afterwards', () => {
  it.each([
    ['STOPSIGNAL $A', 'invalid signal: apple'],
    ['VOLUME a $NONE', 'VOLUME specified can not be an empty string'],
    ['EXPOSE $A', 'invalid containerPort: apple'],
    ['WORKDIR ${A', "syntax error: missing '}'"],
  ])('%s', (line, message) => expect(() => expanded(line)).toThrow(message));

  it('is located where the caller knows the file', () => {
    const dockerfile = parseDockerfile('FROM a\nUSER ${X:?who}\n', { file: 'D' });
    const locate = (range: Parameters<typeof locationOf>[1]) => locationOf(dockerfile, range);
    const user = dockerfile.stages[0]?.instructions[0] as StageInstruction;
    try {
      expandInstruction(user, lookup, { ...options, locate });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(BuildError);
      expect(error).toMatchObject({ code: 'DOCKERFILE_SEMANTICS', location: { file: 'D', line: 2 } });
    }
  });
});

describe('expandFrom', () => {
  const from = (line: string) => {
    const stage = parseDockerfile(`${line}\n`, { file: 'D' }).stages[0];
    if (stage === undefined) throw new Error('no stage');
    return expandFrom(stage.from, lookup, options);
  };

  it('replaces in image and platform', () => {
    const { image, platform, stageName } = from('FROM --platform=linux/$A r/${A}:"$P" AS x');
    expect({ image, platform, stageName }).toEqual({
      image: 'r/apple:8080',
      platform: 'linux/apple',
      stageName: 'x',
    });
    expect(from('FROM a').platform).toBeUndefined();
  });

  it('refuses what is empty then', () => {
    expect(() => from('FROM $NONE')).toThrow('base name ($NONE) should not be blank');
    expect(() => from('FROM --platform=$NONE a')).toThrow('empty platform value from expression $NONE');
  });
});
