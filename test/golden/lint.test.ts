import { describe, expect, it } from 'vitest';
import { answerCall } from '../../src/build/index.ts';
import { casesIn, expectedOf } from './golden-case.ts';
import { goldenBuild } from './options.ts';

interface Answer {
  readonly warnings: readonly {
    readonly ruleName: string;
    readonly detail: string;
    readonly location: { readonly ranges: readonly { readonly start: { readonly line: number } }[] };
  }[];
  readonly buildError?: { readonly message: string };
}

describe('build checks', () => {
  it.each(casesIn('lint'))('%s', async (name) => {
    const { spec, ...ports } = goldenBuild('lint', name);
    const { text } = await answerCall(
      spec,
      { method: 'check', format: 'json', ignoreStatus: false },
      { ...ports, say: () => undefined },
    );
    const { warnings, buildError } = JSON.parse(text) as Answer;
    const lines = warnings.map(
      ({ ruleName, detail, location }) => `${location.ranges[0]?.start.line} ${ruleName}: ${detail}`,
    );
    const actual = [...lines, ...(buildError === undefined ? [] : [`error: ${buildError.message}`])];
    const shown = `${JSON.stringify(actual, null, 2)}\n`;
    expect(actual).toEqual(JSON.parse(expectedOf('lint', name, 'warnings.json', shown)));
  });
});
