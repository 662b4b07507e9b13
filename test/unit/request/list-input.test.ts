import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { parseListInput } from '../../../src/request/index.ts';

/** docker/actions-toolkit's getInputList, written down from its description: the oracle. */
function upstream(text: string, ignoreComma = false, quote: '"' | false = '"', trim = true): string[] {
  const records: string[][] = parse(text, {
    columns: false,
    relaxQuotes: true,
    relaxColumnCount: true,
    skipEmptyLines: true,
    quote,
  });
  const values = records.flatMap((record) => {
    if (record.length === 1) return ignoreComma ? record : (record[0] ?? '').split(',');
    return ignoreComma ? [record.join(',')] : record;
  });
  const present = values.filter((value) => value !== '');
  return trim ? present.map((value) => value.trim()) : present;
}

const TEXTS = {
  empty: '',
  'one value': 'a:1',
  'a line each': 'a:1\nb:2\n',
  'commas and spaces': 'a:1, b:2 ,c:3',
  'blank lines and CRLF': 'a\r\n\r\n  b\r\nc',
  'quotes in the middle': 'k={"a":"b","c":"d"}',
  'a quoted field with a comma': '"a,b",c',
  'a quoted field of several lines': '"KEY=line1\n\nline2"\nOTHER=x',
  'doubled quotes': '"K=say ""hi"""',
  'inner hash': 'FOO=bar#baz',
  'empty value': 'k=',
  'inner spaces': 'k=v1, v2 , v3',
  'trailing comma': 'a,b,',
  'only commas': ',,',
  'outputs of buildx': 'type=image,"name=a,b",push=true',
  'quote at the end of a field': 'a"b"\nc',
};

describe('parseListInput reads like docker/build-push-action', () => {
  for (const [name, text] of Object.entries(TEXTS)) {
    it(`${name}: list`, () => {
      expect(parseListInput(text, 'tags')).toEqual(upstream(text));
    });
    it(`${name}: lines`, () => {
      expect(parseListInput(text, 'labels', { ignoreComma: true })).toEqual(upstream(text, true));
    });
    it(`${name}: lines without quotes`, () => {
      const options = { ignoreComma: true, quotes: false };
      expect(parseListInput(text, 'outputs', options)).toEqual(upstream(text, true, false));
    });
    it(`${name}: with white space`, () => {
      const options = { ignoreComma: true, keepWhitespace: true };
      expect(parseListInput(text, 'secrets', options)).toEqual(upstream(text, true, '"', false));
    });
  }

  it('gives the values the oracle is trusted for', () => {
    expect(parseListInput('a:1, b:2', 'tags')).toEqual(['a:1', 'b:2']);
    expect(parseListInput('"K=1\n\n2"\nk=v1, v2', 'build-args', { ignoreComma: true })).toEqual([
      'K=1\n\n2',
      'k=v1, v2',
    ]);
  });
});

describe('parseListInput on its own', () => {
  it('leaves full-line comments out, but none inside quotes and no infix', () => {
    const text = '# first\na#b\n  # second\n"c\n# not a comment\nd"\n';
    expect(parseListInput(text, 'labels', { ignoreComma: true })).toEqual(['a#b', 'c\n# not a comment\nd']);
  });

  it('keeps comments where they are asked for, and where white space is kept', () => {
    expect(parseListInput('# a\nb', 'x', { keepComments: true })).toEqual(['# a', 'b']);
    expect(parseListInput('# a\nb', 'secrets', { keepWhitespace: true })).toEqual(['# a', 'b']);
  });

  it('knows where a quoted field ends, so that a comment after it is one', () => {
    expect(parseListInput('"a""\nb",c\n# gone\nd', 'tags')).toEqual(['a"\nb', 'c', 'd']);
  });

  it('names the input whose quote never closes', () => {
    expect(() => parseListInput('"a\nb', 'build-args')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('build-args') }),
    );
  });
});
