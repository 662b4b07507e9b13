import { describe, expect, it } from 'vitest';
import { copyRow, runRow } from '../../../src/build/history.ts';
import { parseDockerfile, type CopyInstruction } from '../../../src/dockerfile/index.ts';
import { buildInMemory } from '../../support/build-in-memory.ts';

const SHELL = ['/bin/sh', '-c', 'make'];

describe('the row of a RUN', () => {
  it('has the program and its arguments', () => {
    expect(runRow(SHELL, [], new Map())).toBe('RUN /bin/sh -c make # buildkit');
  });

  it('has the declared arguments once each, with the value they have now', () => {
    const declared = [
      { name: 'B', value: '1' },
      { name: 'A', value: undefined },
      { name: 'B', value: '2' },
      { name: 'C', value: 'old' },
    ];
    const env = new Map([
      ['B', '2'],
      ['C', 'set by ENV'],
    ]);
    expect(runRow(SHELL, declared, env)).toBe('RUN |3 B=2 A= C=set by ENV /bin/sh -c make # buildkit');
  });
});

describe('the row of a COPY or ADD', () => {
  const row = (line: string): string => {
    const [stage] = parseDockerfile(`FROM a AS s\nFROM b\n${line}`, { file: 'D' }).stages.slice(1);
    return copyRow(stage?.instructions[0] as CopyInstruction);
  };

  it.each([
    ['COPY a b /c/', 'COPY a b /c/ # buildkit'],
    ['COPY --from=s --link --chown=1:2 --chmod=755 a /b', 'COPY --chown=1:2 --chmod=755 a /b # buildkit'],
    ['COPY <<one <<two /d/\n1\none\n2\ntwo', 'COPY <<one <<two /d/ # buildkit'],
    ['add --checksum=sha256:x https://x/y /z', 'ADD https://x/y /z # buildkit'],
  ])('%j', (line, expected) => {
    expect(row(line)).toBe(expected);
  });

  it('has its variables replaced', async () => {
    const { config } = await buildInMemory('FROM base\nARG F=a\nCOPY --chown=1 $F /x/${F}', {
      files: { a: 'text' },
    });
    expect(config.history?.[1]?.created_by).toBe('COPY --chown=1 a /x/a # buildkit');
  });
});
