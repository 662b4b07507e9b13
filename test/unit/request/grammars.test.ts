import { describe, expect, it } from 'vitest';
import {
  defaultContext,
  normaliseTags,
  parseBuildArgs,
  parseChoice,
  parseFile,
  parseLabels,
  parseRegistryMap,
  sourceDateEpoch,
  withContextEpoch,
} from '../../../src/request/index.ts';
import { epochOf, withEpochArgument } from '../../../src/request/source-date-epoch.ts';

const usage = (part: string) =>
  expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(part) });

describe('build arguments and labels', () => {
  it('takes a bare build argument from the environment, and drops it where that has none', () => {
    expect(parseBuildArgs(['A=1', 'B', 'C'], { B: 'from env' })).toEqual({ A: '1', B: 'from env' });
  });

  it('splits at the first equals sign, keeps empty values and lets the last one win', () => {
    expect(parseBuildArgs(['A=b=c', 'E=', 'A=2'], {})).toEqual({ A: '2', E: '' });
  });

  it('gives a bare label an empty value', () => {
    expect(parseLabels(['a', 'b=c'])).toEqual({ a: '', b: 'c' });
  });

  it('keeps names that mean something to JavaScript', () => {
    const args = parseBuildArgs(['__proto__=x', 'constructor=y'], {});
    expect(Object.entries(args)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it.each(['=x', '', ' =x'])('refuses %j', (entry) => {
    expect(() => parseBuildArgs([entry], {})).toThrow(usage('build argument'));
    expect(() => parseLabels([entry])).toThrow(usage('label'));
  });
});

describe('parseRegistryMap', () => {
  it('keeps the order of replacements of one registry', () => {
    expect(parseRegistryMap(['a=b;c=d', 'a=e', '', ' ; '])).toEqual({ a: ['b', 'e'], c: ['d'] });
  });
  it.each(['a', 'a=', '=b'])('refuses %j', (entry) => {
    expect(() => parseRegistryMap([entry])).toThrow(usage('registry map'));
  });
});

describe('normaliseTags', () => {
  it('lowers the repository, not the tag, and tells of it', () => {
    const { tags, warnings } = normaliseTags(['ghcr.io/Owner/App:V1', 'localhost:5000/a:Tag']);
    expect(tags).toEqual(['ghcr.io/owner/app:V1', 'localhost:5000/a:Tag']);
    expect(warnings).toEqual([expect.stringContaining('ghcr.io/Owner/App:V1')]);
  });
  it('leaves duplicates out, also those that only differed in case', () => {
    expect(normaliseTags(['a/B:1', 'a/b:1', 'a/b:2']).tags).toEqual(['a/b:1', 'a/b:2']);
  });
});

describe('parseFile', () => {
  it.each([
    [undefined, { kind: 'file', name: undefined }],
    ['a/Dockerfile', { kind: 'file', name: 'a/Dockerfile' }],
    ['http/x', { kind: 'file', name: 'http/x' }],
    ['-', { kind: 'stdin' }],
    ['http://h/Dockerfile', { kind: 'url', url: 'http://h/Dockerfile' }],
    ['HTTPS://h/x', { kind: 'url', url: 'HTTPS://h/x' }],
  ])('%s', (text, spec) => {
    expect(parseFile(text)).toEqual(spec);
  });
});

describe('defaultContext', () => {
  it('is the checkout of the CI system, then /workspace, then the working directory', () => {
    const workspace = (path: string): boolean => path === '/workspace';
    expect(defaultContext({ CI_PROJECT_DIR: '/b', GITHUB_WORKSPACE: '' }, workspace)).toBe('/b');
    expect(defaultContext({ CI_PROJECT_DIR: '/b', GITHUB_WORKSPACE: '/a' }, workspace)).toBe('/a');
    expect(defaultContext({}, workspace)).toBe('/workspace');
    expect(defaultContext({}, () => false)).toBe('.');
  });
});

describe('sourceDateEpoch', () => {
  it('is none where it is empty', () => {
    expect(sourceDateEpoch(undefined)).toBeUndefined();
    expect(sourceDateEpoch('')).toBeUndefined();
    expect(sourceDateEpoch('0')).toBe(0);
  });
  it('is a build argument: the given one, else the first candidate that is set', () => {
    const given = { A: '1', SOURCE_DATE_EPOCH: '' };
    expect(withEpochArgument(given, ['12'])).toBe(given);
    expect(withEpochArgument({ A: '1' }, [undefined, '', '12', '13'])).toEqual({
      A: '1',
      SOURCE_DATE_EPOCH: '12',
    });
    expect(withEpochArgument({}, [undefined, ''])).toEqual({});
  });
  it('can be that of the context', () => {
    const asked = { buildArgs: { A: '1', SOURCE_DATE_EPOCH: 'context' } };
    expect(epochOf(asked.buildArgs)).toBeUndefined();
    expect(withContextEpoch(asked, undefined)).toEqual({ buildArgs: { A: '1' } });
    expect(withContextEpoch(asked, 7)).toEqual({
      buildArgs: { A: '1', SOURCE_DATE_EPOCH: '7' },
      sourceDateEpoch: 7,
    });
    const other = { buildArgs: { SOURCE_DATE_EPOCH: '5' }, sourceDateEpoch: 5 };
    expect(withContextEpoch(other, 7)).toBe(other);
  });
  it('ends with the year 9999', () => {
    expect(sourceDateEpoch('253402300799')).toBe(253402300799);
    expect(() => sourceDateEpoch('253402300800')).toThrow(usage('SOURCE_DATE_EPOCH'));
  });
  it.each(['now', '-1', '1.5', '0x10', ' 1', '1e3'])('refuses %j', (text) => {
    expect(() => sourceDateEpoch(text)).toThrow(usage('SOURCE_DATE_EPOCH'));
  });
});

describe('parseChoice', () => {
  it('returns the choice or lists them', () => {
    expect(parseChoice('b', ['a', 'b'], 'x')).toBe('b');
    expect(() => parseChoice('c', ['a', 'b'], 'x')).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'one of: a, b' }),
    );
  });
});
