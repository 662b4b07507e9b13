import { describe, expect, it } from 'vitest';
import { answerCall } from '../../src/build/index.ts';
import type { CallChoice } from '../../src/request/index.ts';
import { casesIn, expectedOf } from './golden-case.ts';
import { goldenBuild } from './options.ts';

/** A question with its answers for people and for programs, and the exit status at the end of the text. */
async function compare(group: 'check' | 'outline' | 'targets', name: string): Promise<void> {
  const { spec, ...ports } = goldenBuild(group, name);
  const ask = (format: CallChoice['format']) =>
    answerCall(
      spec,
      { method: group, format, ignoreStatus: false },
      { ...ports, say: () => undefined },
    );
  const text = await ask('text');
  const shown = `${text.text}exit status ${text.status}\n`;
  expect(shown).toBe(expectedOf(group, name, 'answer.txt', shown));
  const json = await ask('json');
  expect(json.status).toBe(text.status);
  expect(JSON.parse(json.text)).toEqual(JSON.parse(expectedOf(group, name, 'answer.json', json.text)));
}

describe('call check', () => {
  it.each(casesIn('check'))('%s', (name) => compare('check', name));
});

describe('call outline', () => {
  it.each(casesIn('outline'))('%s', (name) => compare('outline', name));
});

describe('call targets', () => {
  it.each(casesIn('targets'))('%s', (name) => compare('targets', name));
});
