import { describe, expect, it } from 'vitest';
import { BuildError } from '../../../../src/errors/index.ts';
import { parseTrigger } from '../../../../src/dockerfile/index.ts';

const location = { file: 'D', line: 4, column: 2, endLine: 5, excerpt: 'x' };
const parse = (trigger: string, escape: '\\' | '`' = '\\') => parseTrigger(trigger, { escape, location });

describe('parseTrigger', () => {
  it('reads one instruction and gives it the place', () => {
    expect(parse('run --network=none make $X')).toMatchObject({
      kind: 'run',
      keyword: 'run',
      network: 'none',
      command: { form: 'shell', text: 'make $X' },
      range: { startLine: 4, startColumn: 2, endLine: 5, endColumn: 2 },
    });
  });

  it('reads heredocs', () => {
    const trigger = parse('COPY <<-E /x\n\tbody\n\tE');
    expect(trigger).toMatchObject({ kind: 'copy', heredocs: [{ content: 'body\n' }] });
  });

  it('uses the escape it is given', () => {
    expect(parse('ENV A=b` c', '`')).toMatchObject({ pairs: [{ key: 'A', value: 'b` c' }] });
  });

  it.each([
    ['ONBUILD RUN x', 'Chaining ONBUILD'],
    ['from x', "FROM isn't allowed as an ONBUILD trigger"],
    ['MAINTAINER x', "MAINTAINER isn't allowed as an ONBUILD trigger"],
    ['RUN a\nRUN b', 'onbuild trigger should be a single expression'],
    ['# nothing', 'onbuild trigger should be a single expression'],
    ['', 'onbuild trigger should be a single expression'],
    ['RUM x', 'unknown instruction: RUM (did you mean RUN?)'],
    ['RUN <<E\nx', 'unterminated heredoc'],
  ])('refuses %j', (trigger, message) => {
    try {
      parse(trigger);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(BuildError);
      expect(error).toMatchObject({ code: 'DOCKERFILE_SYNTAX', location });
      expect((error as BuildError).message).toContain(message);
    }
  });
});
