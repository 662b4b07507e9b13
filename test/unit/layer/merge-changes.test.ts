import { describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { layerMembers, mergeChanges } from '../../../src/layer/index.ts';
import type { Change } from '../../../src/snapshot/index.ts';
import { change, file, shown, shownChange } from './fixtures.ts';

/** Merges steps given as texts, over a base of these paths. */
function merged(base: string[], ...steps: string[][]): Change[] {
  const before = new Set<string>(base.map(fromText));
  return mergeChanges(
    steps.map((step) => step.map(change)),
    (path) => before.has(path),
  );
}

const texts = (base: string[], ...steps: string[][]) => merged(base, ...steps).map(shownChange);

describe('mergeChanges', () => {
  it.each<[string, string[], string[][], string[]]>([
    ['no steps', ['a'], [], []],
    ['steps side by side', [], [['b'], ['a']], ['a', 'b']],
    ['the last of several versions', ['a'], [['a'], ['a -> x'], ['a -> y']], ['a -> y']],
    ['made and removed', [], [['a'], ['-a']], []],
    ['made in a directory that is removed', ['d'], [['d/a', 'd/s/', 'd/s/b'], ['-d']], ['-d']],
    ['changed and removed', ['a'], [['a'], ['-a']], ['-a']],
    ['removed and made again', ['a'], [['-a'], ['a']], ['a']],
    ['removed twice', ['a'], [['-a'], ['a'], ['-a']], ['-a']],
    ['a removed tree swallows removals in it', ['d', 'd/x'], [['-d/x'], ['-d']], ['-d']],
    ['names that share a beginning', ['d', 'd2', 'd2/x'], [['-d2/x'], ['-d']], ['-d', '-d2/x']],
    ['a directory replaced by a file', ['d', 'd/x'], [['-d/x'], ['d']], ['d']],
    ['a directory replaced at once, its contents told too', ['d', 'd/x'], [['d', '-d/x']], ['d']],
    ['entries below a replaced directory', ['d'], [['d/', 'd/a'], ['d -> e']], ['d -> e']],
    ['a directory removed and made anew', ['d', 'd/x'], [['-d'], ['d/', 'd/y']], ['d/', 'd/y', '-d']],
    ['by way of a file', ['d', 'd/x'], [['d'], ['d/']], ['d/', '-d']],
    ['a directory changed only', ['d', 'd/x'], [['d/'], ['d/', 'd/y']], ['d/', 'd/y']],
    ['a removal below a new directory', ['d', 'd/x'], [['-d'], ['d/', 'd/x'], ['-d/x']], ['d/', '-d']],
    ['links stay links', [], [['a', 'b = a']], ['a', 'b = a']],
    ['whose target goes later', [], [['a', 'b = a', 'c = a'], ['-a']], ['b', 'c = b']],
    ['whose target is replaced later', [], [['a', 'b = a'], ['a -> x']], ['a -> x', 'b']],
    ['made in a later step', [], [['a'], ['b = a']], ['a', 'b = a']],
    ['to a file of the base', ['a'], [['b = a']], ['b = a']],
  ])('%s', (_, base, steps, expected) => {
    expect(texts(base, ...steps)).toEqual(expected);
  });

  it('tells what was there before from what was not', () => {
    expect(merged(['a'], ['a', 'b'].map(String)).map(({ kind }) => kind)).toEqual(['modified', 'added']);
  });

  it('keeps the content a link had when its target changes', () => {
    const steps: Change[][] = [
      [{ kind: 'added', member: file('a', 'old') }, change('b = a')],
      [{ kind: 'modified', member: file('a', 'new') }],
    ];
    const contents = mergeChanges(steps, () => false).map((one) =>
      one.kind === 'added' && one.member.content?.kind === 'bytes'
        ? `${one.member.path}:${Buffer.from(one.member.content.bytes).toString()}`
        : one,
    );
    expect(contents).toEqual(['a:new', 'b:old']);
  });

  it('hides the old contents of a directory made anew in the layer', () => {
    const changes = merged(['d', 'd/x'], ['-d'], ['d/', 'd/y']);
    expect(layerMembers(changes).map(shown)).toEqual(['d/', 'd/.wh..wh..opq', 'd/y']);
  });

  it('takes many steps and deep paths', () => {
    const deep = Array.from({ length: 1500 }, () => 'd').join('/');
    expect(texts([], [`${deep}/a`], [`-${deep}/a`], [`${deep}/b`])).toEqual([`${deep}/b`]);
  });
});
