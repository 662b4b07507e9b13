import { describe, expect, it } from 'vitest';
import { resolveWorkdir, splitEntry, startStage } from '../../../src/build/stage-state.ts';
import type { ImageLayer } from '../../../src/image/index.ts';
import { digestOf, mediaTypes, type HistoryEntry } from '../../../src/oci/index.ts';
import type { PlannedStage } from '../../../src/plan/index.ts';

function layer(number: number): ImageLayer {
  const digest = digestOf(`layer ${number}`);
  return { descriptor: { mediaType: mediaTypes.OCI_LAYER_GZIP, digest, size: 1 }, diffId: digest };
}

function stageOn(layers: number, history: HistoryEntry[] | null): PlannedStage {
  return {
    index: 0,
    label: 'stage-0',
    from: undefined,
    range: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
    platform: { os: 'linux', architecture: 'amd64' },
    instructions: [],
    base: {
      kind: 'image',
      image: {
        name: 'docker.io/library/base',
        config: { os: 'linux', architecture: 'amd64', created: '2026-01-01T00:00:00Z', history },
        layers: Array.from({ length: layers }, (_, number) => layer(number)),
      },
    },
  };
}

/** Texts of rows, those without a layer in brackets. */
const rowsOf = (stage: PlannedStage): (string | undefined)[] =>
  startStage(stage, undefined, undefined).history.map(({ created_by: text, empty_layer: empty }) =>
    empty === true ? `(${text})` : text,
  );

describe('a stage on a base image', () => {
  it('tells which row made which layer', () => {
    const history = [{ created_by: 'a' }, { created_by: 'b', empty_layer: true }, { created_by: 'c' }];
    const { layers } = startStage(stageOn(2, history), undefined, undefined);
    expect(layers.map(({ createdBy, reused }) => [createdBy, reused])).toEqual([
      ['a', true],
      ['c', true],
    ]);
  });

  it.each<[string, HistoryEntry[] | null, string[]]>([
    ['no history', null, ['pulled from docker.io/library/base', 'pulled from docker.io/library/base']],
    ['a row too few', [{ created_by: 'a' }], ['a', 'pulled from docker.io/library/base']],
    [
      'a row too many',
      [{ created_by: 'a' }, { created_by: 'b' }, { created_by: 'c' }, { created_by: 'd', empty_layer: true }],
      ['a', 'b', '(c)', '(d)'],
    ],
  ])('has a row for each layer where the base has %s', (_what, history, rows) => {
    expect(rowsOf(stageOn(2, history))).toEqual(rows);
  });
});

describe('resolveWorkdir', () => {
  it.each([
    ['', 'x', '/x'],
    ['/a', 'b/../c', '/a/c'],
    ['a', 'b', '/a/b'],
    ['/a', '/b//./c/', '/b//./c/'],
    ['/a', '../../..', '/'],
    ['/a', '...', '/a/...'],
  ])('%j and %j make %j', (current, path, expected) => {
    expect(resolveWorkdir(current, path)).toBe(expected);
  });
});

describe('splitEntry', () => {
  it.each([
    ['A=b=c', ['A', 'b=c']],
    ['A', ['A', '']],
    ['=x', ['', 'x']],
  ])('%j', (entry, expected) => {
    expect(splitEntry(entry)).toEqual(expected);
  });
});
