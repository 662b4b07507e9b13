import { describe, expect, it } from 'vitest';
import { BuildError } from '../../../../src/errors/index.ts';
import { expand, expandWord, expandWords } from '../../../../src/dockerfile/expand/expand-word.ts';

const VALUES: Record<string, string> = {
  A: 'apple',
  P: '/usr/local/lib',
  E: '',
  S: 'x y',
  T: 'a.tar.gz',
  _u1: 'under',
  '1': 'one',
  ü: 'umlaut',
  N: 'a\nb',
};
const lookup = (name: string): string | undefined => (Object.hasOwn(VALUES, name) ? VALUES[name] : undefined);
const text = (word: string, escape: '\\' | '`' = '\\') => expandWord(word, lookup, { escape });

describe('expandWord', () => {
  it.each([
    // Names
    ['$A', 'apple'],
    ['${A}', 'apple'],
    ['$Ab', ''],
    ['${A}b', 'appleb'],
    ['$_u1-', 'under-'],
    ['$1x', 'onex'],
    ['$10', ''],
    ['$ü!', 'umlaut!'],
    ['$@|$*|$#|$?|$-|$$|$!|$0', '|||||||'],
    ['$', '$'],
    ['$/$.', '$/$.'],
    ['a$', 'a$'],
    ['$U${U}', ''],
    // Defaults
    ['${U:-w}', 'w'],
    ['${E:-w}', 'w'],
    ['${E-w}', ''],
    ['${U-w}', 'w'],
    ['${A:-w}', 'apple'],
    ['${A:+w}', 'w'],
    ['${E:+w}', ''],
    ['${E+w}', 'w'],
    ['${U+w}', ''],
    ['${A:?m}', 'apple'],
    ['${E?m}', ''],
    ['${U:-${V:-$A}}', 'apple'],
    ['${U:-a b}', 'a b'],
    ["${U:-'}'}", '}'],
    ['${U:-"$A"}', 'apple'],
    ['${U:-\\}}', '}'],
    ['${U:-}', ''],
    // Prefixes and suffixes
    ['${P#/}', 'usr/local/lib'],
    ['${P#*/}', 'usr/local/lib'],
    ['${P##*/}', 'lib'],
    ['${P%/*}', '/usr/local'],
    ['${P%%/*}', ''],
    ['${T%.*}', 'a.tar'],
    ['${T%%.*}', 'a'],
    ['${T#?}', '.tar.gz'],
    ['${T#x}', 'a.tar.gz'],
    ['${U#x}', ''],
    ['${P#$P}', ''],
    ['${T%\\.gz}', undefined],
    // Replacement
    ['${T/./_}', 'a_tar.gz'],
    ['${T//./_}', 'a_tar_gz'],
    ['${P/\\//:}', ':usr/local/lib'],
    ['${P//\\//:}', ':usr:local:lib'],
    ['${A/p*/X}', 'aX'],
    ['${A//p/}', 'ale'],
    ['${A/z/x}', 'apple'],
    ['${A/p/$T}', 'aa.tar.gzple'],
    ['${N/*/x}', 'x\nb'],
    // Quotes and escapes
    ["'$A'", '$A'],
    ['"$A"', 'apple'],
    ['"\'$A\'"', "'apple'"],
    ['\\$A', '$A'],
    ['"\\$A \\" \\\\ \\n"', '$A " \\ \\n'],
    ['a\\nb', 'anb'],
    ['a\\', 'a'],
    ["a'b c'd", 'ab cd'],
    ["'\\'", '\\'],
    ['""', ''],
    ['<<  EOF', '<<  EOF'],
  ])('%s', (word, expected) => {
    if (expected === undefined) expect(() => text(word)).toThrow(/invalid escape/);
    else expect(text(word)).toBe(expected);
  });

  it('takes the backtick where the directive says so', () => {
    expect(text('c:\\$A`$A`` "`""', '`')).toBe('c:\\apple$A` "');
  });

  it.each([
    ['${', "syntax error: missing '}'"],
    ['${}', 'syntax error: bad substitution'],
    ['${:x}', 'syntax error: bad substitution'],
    ['${A', "syntax error: missing '}'"],
    ['${A:', "syntax error: missing '}'"],
    ['${A:-b', "syntax error: missing '}'"],
    ['${A@Q}', 'unsupported modifier (@) in substitution'],
    ['${A:=b}', 'unsupported modifier (:=) in substitution'],
    ['${A/b}', "syntax error: missing '/' in ${}"],
    ['${U:?}', 'U: is not allowed to be unset'],
    ['${E:?}', 'E: is not allowed to be empty'],
    ['${U?set me}', 'U: set me'],
    ['"a', 'unexpected end of statement while looking for matching double-quote'],
    ["'a", 'unexpected end of statement while looking for matching single-quote'],
  ])('refuses %s', (word, message) => {
    expect(() => text(word)).toThrow(`failed to process ${JSON.stringify(word)}: ${message}`);
  });

  it('gives up on nesting without an end instead of overflowing the stack', () => {
    const deep = '${A:-'.repeat(100_000);
    expect(() => text(deep)).toThrow(BuildError);
    expect(text(`${'${U:-'.repeat(100)}x${'}'.repeat(100)}`)).toBe('x');
  });
});

describe('expandWords', () => {
  it.each([
    ['$S $A', ['x', 'y', 'apple']],
    ['"$S"', ['x y']],
    ['a\\ b $E c', ['a b', 'c']],
    ['${U:-1 2}', ['1', '2']],
    ["'a b' c", ['a b', 'c']],
    ['', []],
  ])('%s', (word, expected) => expect(expandWords(word, lookup, { escape: '\\' })).toEqual(expected));
});

describe('expand', () => {
  it('tells which names it looked at', () => {
    const { matched, unmatched } = expand('$A ${U:-$E} $U', lookup, { escape: '\\' });
    expect([...matched]).toEqual(['A', 'E']);
    expect([...unmatched]).toEqual(['U']);
  });

  it('leaves unset names as written where asked', () => {
    const keep = (word: string) => expandWord(word, lookup, { escape: '\\', keepUnset: true });
    expect(keep('$U ${U} ${U:-$A} ${U#a} ${U/a/b} ${U//a/b} $A')).toBe(
      '$U ${U} ${U:-apple} ${U#a} ${U/a/b} ${U//a/b} apple',
    );
  });

  it('keeps quotes and escapes where asked', () => {
    const raw = { escape: '\\', rawQuotes: true, rawEscapes: true } as const;
    expect(expandWords('"a b" \'c\' d\\ e', lookup, raw)).toEqual(['"a b"', "'c'", 'd\\ e']);
  });

  it('takes quotes for text where asked', () =>
    expect(expandWord('it\'s "$A" \\$A', lookup, { escape: '\\', ignoreQuotes: true })).toBe(
      'it\'s "apple" $A',
    ));
});
