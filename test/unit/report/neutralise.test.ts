import { describe, expect, it } from 'vitest';
import { BuildError } from '../../../src/errors/index.ts';
import { cleanText, githubReporter, neutraliseCommands, renderError } from '../../../src/report/index.ts';
import { reportEverywhere } from '../../support/reporting.ts';
import { COMMAND_PAYLOADS, workflowCommands } from '../../support/workflow-commands.ts';

function githubLog(work: (reporter: ReturnType<typeof githubReporter>) => void): string {
  let log = '';
  work(githubReporter({ write: (line) => (log += `${line}\n`), now: () => 0, annotate: () => undefined }));
  return log;
}

describe('the log of the GitHub runner', () => {
  it('is judged by an oracle that knows the payloads', () => {
    const unseen = COMMAND_PAYLOADS.filter((payload) => workflowCommands(payload).length === 0);
    expect(unseen.filter((payload) => !payload.includes('\x1b'))).toEqual([]);
    expect(workflowCommands('a ::b::c\n# #[d]\n: :e')).toEqual([]);
  });

  it.each(COMMAND_PAYLOADS)('takes %j for text, wherever it comes from', (payload) => {
    const log = githubLog((reporter) => reportEverywhere(reporter, payload));
    expect(log).not.toBe('');
    expect(workflowCommands(log)).toEqual([]);
  });

  it.each(COMMAND_PAYLOADS)('takes %j in an error for text', (payload) => {
    const text = renderError(
      new BuildError('REGISTRY', payload, {
        hint: payload,
        cause: new Error(payload),
        location: { file: payload, line: 1, column: 1, endLine: 2, excerpt: payload },
      }),
    );
    expect(workflowCommands(text)).toEqual([]);
  });

  it('shows a command that came in a line of 1 MiB as text', () => {
    const log = githubLog((reporter) => reportEverywhere(reporter, `${'a'.repeat(1 << 20)}##[add-mask]a`));
    expect(workflowCommands(log)).toEqual([]);
  });

  it('takes a command apart that ends where a long line is cut', () => {
    for (let shift = 0; shift < 4; shift++) {
      const log = githubLog((reporter) =>
        reportEverywhere(reporter, `${'a'.repeat(16 * 1024 - shift)}::add-mask::a`),
      );
      expect(workflowCommands(log)).toEqual([]);
    }
  });
});

describe('neutraliseCommands', () => {
  it.each(['\t', ' ', '\u200b', '#', '#\u200b', ':'])('comes to an end with 16 Ki of %j', (blank) => {
    expect(neutraliseCommands(`${blank.repeat(16 * 1024)}x`)).toHaveLength(
      neutraliseCommands(`${blank.repeat(16 * 1024)}y`).length,
    );
  });
  it.each(['plain', 'a::b::c', 'std::vector', '# [x]', '##', '#[derive(Debug)]', 'http://[::1]:80'])(
    'leaves %j alone',
    (line) => expect(neutraliseCommands(line)).toBe(line),
  );
  it('changes as little as it can', () => {
    expect(neutraliseCommands('::add-mask::a')).toBe(': :add-mask::a');
    expect(neutraliseCommands('x ##[add-mask]a ##[b]')).toBe('x ## [add-mask]a ## [b]');
  });
});

describe('cleanText', () => {
  it('takes out colours and moves of the cursor, and shows other controls', () => {
    expect(cleanText('\x1b[31mred\x1b[0m \x1b[2Jx\x1b]8;;http://e\x07link\x00\x9b')).toBe(
      'red xlink\\x00\\x9b',
    );
  });
  it('keeps line breaks and tabs', () => expect(cleanText('a\r\nb\rc\td')).toBe('a\nb\nc\td'));
  it('shows overrides of the writing direction', () => expect(cleanText('a\u202eb')).toBe('a\\u202eb'));
  it('leaves other languages alone', () => expect(cleanText('日本語 ü 🎉')).toBe('日本語 ü 🎉'));
});
