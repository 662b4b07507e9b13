import { describe, expect, it } from 'vitest';
import {
  findHeredocs,
  finishHeredoc,
  heredocText,
  parseHeredocStart,
  shellScript,
  soleHeredoc,
} from '../../../src/dockerfile/heredoc.ts';
import { type Heredoc } from '../../../src/dockerfile/instruction.ts';

describe('parseHeredocStart', () => {
  it.each([
    ['<<EOF', { name: 'EOF', expand: true, stripTabs: false, fileDescriptor: 0 }],
    ['<<-EOF', { name: 'EOF', expand: true, stripTabs: true, fileDescriptor: 0 }],
    ['3<<"E"', { name: 'E', expand: false, stripTabs: false, fileDescriptor: 3 }],
    ["<<-'a b'", { name: 'a b', expand: false, stripTabs: true, fileDescriptor: 0 }],
    ["<<a'b'c", { name: 'abc', expand: false, stripTabs: false, fileDescriptor: 0 }],
    ['<< EOF', { name: 'EOF', expand: true, stripTabs: false, fileDescriptor: 0 }],
    ['<<$X', { name: '$X', expand: true, stripTabs: false, fileDescriptor: 0 }],
  ])('%s', (word, expected) => expect(parseHeredocStart(word)).toEqual(expected));

  it.each(['<<', 'a<<EOF', '<<<EOF', '<EOF', '<<E<F', '<<a b', 'EOF', ''])('%j starts none', (word) =>
    expect(parseHeredocStart(word)).toBeUndefined(),
  );

  it('refuses quotes that do not close', () =>
    expect(() => parseHeredocStart('<<"E')).toThrow(/looking for matching double-quote/));

  it('is not slowed down by blanks', () =>
    expect(parseHeredocStart(`<<${' '.repeat(500_000)}<`)).toBeUndefined());
});

describe('findHeredocs', () => {
  const names = (line: string) => findHeredocs(line).map(({ name }) => name);

  it('finds them in order, wherever a word starts', () => {
    expect(names('COPY <<a b <<-c /d')).toEqual(['a', 'c']);
    expect(names('RUN cat << E && x 3<<F')).toEqual(['E', 'F']);
  });

  it('finds none in quotes, within words, or where quotes do not balance', () => {
    expect(names('RUN echo "<<a" \'<<b\' c<<d \\<<e')).toEqual([]);
    expect(names("RUN echo it's <<a")).toEqual([]);
  });
});

describe('what the shell gets', () => {
  const heredoc = (name: string, content: string, rawContent?: string): Heredoc => ({
    name,
    content,
    rawContent,
    expand: true,
    fileDescriptor: 0,
  });

  it('is the body of a heredoc that stands alone, tabs removed', () => {
    const command = { form: 'shell', text: '<<-E', heredocs: [heredoc('E', 'x\n', '\tx\n')] } as const;
    expect(soleHeredoc(command)).toBe(command.heredocs[0]);
    expect(shellScript(command)).toBe('x\n');
  });

  it('is the line and the bodies as written otherwise', () => {
    const heredocs = [heredoc('A', 'a\n', '\ta\n'), heredoc('B', 'b\n')];
    const command = { form: 'shell', text: 'cat <<-A <<B', heredocs } as const;
    expect(soleHeredoc(command)).toBeUndefined();
    expect(shellScript(command)).toBe('cat <<-A <<B\n\ta\nA\nb\nB');
  });

  it('is the line where there is no heredoc', () => {
    expect(shellScript({ form: 'shell', text: 'a b', heredocs: [] })).toBe('a b');
    expect(soleHeredoc({ form: 'exec', args: ['<<E'] })).toBeUndefined();
  });

  it('keeps tabs only beside the content', () => {
    const start = { name: 'E', expand: true, stripTabs: true, fileDescriptor: 0 };
    const finished = finishHeredoc(start, '\t\ta\n b\n\tc\td\n');
    expect(finished.content).toBe('a\n b\nc\td\n');
    expect(heredocText(finished)).toBe('\n\t\ta\n b\n\tc\td\nE');
    expect(finishHeredoc({ ...start, stripTabs: false }, '\ta\n').rawContent).toBeUndefined();
  });
});
