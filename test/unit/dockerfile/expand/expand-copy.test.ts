import { describe, expect, it } from 'vitest';
import { expandCopy } from '../../../../src/dockerfile/expand/expand-copy.ts';
import { type CopyInstruction, parseDockerfile } from '../../../../src/dockerfile/index.ts';

const HEX = '0123456789abcdef'.repeat(4);
const lookup = (name: string): string | undefined => ({ A: 'apple', URL: 'https://h/x' })[name];

function expandLine(line: string, escape: '\\' | '`' = '\\'): CopyInstruction {
  const [instruction] =
    parseDockerfile(`FROM scratch\n${line}\n`, { file: 'D' }).stages[0]?.instructions ?? [];
  return expandCopy(instruction as CopyInstruction, lookup, { escape });
}
const contents = (line: string, escape: '\\' | '`' = '\\') =>
  expandLine(line, escape).heredocs.map(({ content }) => content);

describe('heredocs', () => {
  it('are replaced in, unless the delimiter is quoted', () => {
    expect(contents('COPY <<A <<"B" /d/\n$A ${X:-y}\nA\n$A\nB')).toEqual(['apple y\n', '$A\n']);
  });

  it('know no quotes, and the backslash whatever the escape', () => {
    expect(contents('COPY <<E /d\nit\'s "$A" \\$A a\\nb `$A`\nE', '`')).toEqual([
      'it\'s "apple" $A anb `apple`\n',
    ]);
  });
});

describe('options', () => {
  it('that become empty are gone', () => {
    const { chown, chmod, from } = expandLine('COPY --chown=$X --chmod=${X} --from=b a b');
    expect({ chown, chmod, from }).toEqual({ chown: undefined, chmod: undefined, from: 'b' });
  });

  it.each([
    [`ADD --checksum=sha256:${HEX} https://h/x /y`],
    [`ADD --checksum=sha256:${HEX} $URL /y`],
    ['ADD --checksum=0123abc https://github.com/o/r.git#main /y'],
    ['ADD --checksum=0123abc git@github.com:o/r.git /y'],
  ])('%s', (line) => expect(expandLine(line).checksum).toMatch(/[0-9a-f]{7}/));

  it.each([
    [
      `ADD --checksum=sha256:${HEX} https://h/x https://h/z /y/`,
      "checksum can't be specified for multiple sources",
    ],
    [`ADD --checksum=sha256:${HEX} x /y`, 'checksum requires HTTP(S) or Git sources'],
    ['ADD --checksum=md5:00 https://h/x /y', 'invalid checksum "md5:00"'],
    [`ADD --checksum=sha256:${HEX}0 https://h/x /y`, 'invalid checksum'],
  ])('%s', (line, message) => expect(() => expandLine(line)).toThrow(message));
});

describe('sources of COPY', () => {
  it.each([
    ['COPY https://h/x /y', "source can't be a URL for COPY: https://h/x"],
    ['COPY a $URL /y/', "source can't be a URL for COPY: https://h/x"],
    ['COPY https://github.com/o/r.git /y', "source can't be a git ref for COPY"],
    ['COPY git@github.com:o/r.git /y', "source can't be a git ref for COPY"],
    ['COPY ssh://h/r /y', "source can't be a git ref for COPY"],
  ])('%s', (line, message) => expect(() => expandLine(line)).toThrow(message));

  it('may look a little like a URL', () => {
    expect(expandLine('COPY http:/x git@x httpx://y /d/').sources).toHaveLength(3);
  });
});
