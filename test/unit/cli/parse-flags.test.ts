import { describe, expect, it } from 'vitest';
import { parseFlags } from '../../../src/cli/parse-flags.ts';
import { FLAG_OPTIONS } from '../../../src/request/index.ts';

/** Flags as `name=value`, by the name of the table. */
const read = (...argv: string[]): string[] =>
  parseFlags(argv).flags.map(({ option, value }) => `${option.flag.name}=${value}`);
const usage = (message: string) => expect.objectContaining({ code: 'USAGE', message });

describe('parseFlags', () => {
  it('reads the spellings of Go', () => {
    expect(read('--destination=a', '--destination', 'b', '-d', 'c', '-dd', '-d=e')).toEqual([
      'destination=a',
      'destination=b',
      'destination=c',
      'destination=d',
      'destination=e',
    ]);
  });

  it('lets on/off flags stand alone, and takes no word after them', () => {
    const line = parseFlags(['--reproducible', 'false', '--push=false']);
    expect(line.flags.map(({ value }) => value)).toEqual(['true', 'false']);
    expect(line.words).toEqual(['false']);
  });

  it('keeps values as they are: empty, with equals signs, with dashes', () => {
    expect(read('--target=', '--build-arg', 'A=b=c', '--build-arg', '--not-a-flag', '--label', '')).toEqual([
      'target=',
      'build-arg=A=b=c',
      'build-arg=--not-a-flag',
      'label=',
    ]);
  });

  it('splits no value at commas', () => {
    expect(read('--build-arg=A=1,2')).toEqual(['build-arg=A=1,2']);
  });

  it('ends at --', () => {
    expect(parseFlags(['-d', 'a', '--', '--push', '-'])).toMatchObject({ words: ['--push', '-'] });
  });

  it('knows switches apart from options', () => {
    const line = parseFlags(['doctor', '--json', '-h', '--version']);
    expect([...line.switches]).toEqual(['json', 'help', 'version']);
    expect(line.words).toEqual(['doctor']);
  });

  it.each(FLAG_OPTIONS.map(({ flag }) => flag.name))('knows every spelling of --%s', (name) => {
    const flag = FLAG_OPTIONS.find((option) => option.flag.name === name)?.flag;
    const spellings = [name, ...(flag?.aliases ?? []), ...(flag?.deprecated ?? [])].map((one) => `--${one}`);
    for (const spelling of [...spellings, ...(flag?.short === undefined ? [] : [`-${flag.short}`])])
      expect(read(`${spelling}=x`)).toEqual([`${name}=x`]);
  });

  it('suggests what was meant', () => {
    expect(() => parseFlags(['--destnation=x'])).toThrow(
      expect.objectContaining({ message: 'unknown flag: --destnation', hint: 'did you mean --destination?' }),
    );
    expect(() => parseFlags(['--Dockerfile=x'])).toThrow(
      expect.objectContaining({ hint: 'did you mean --dockerfile?' }),
    );
    expect(() => parseFlags(['--utterly-unknown'])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--help') }),
    );
  });

  it('refuses unknown letters and missing values', () => {
    expect(() => parseFlags(['-x'])).toThrow(usage('unknown flag: -x'));
    expect(() => parseFlags(['--destination'])).toThrow(usage('flag needs an argument: --destination'));
    expect(() => parseFlags(['-d'])).toThrow(usage('flag needs an argument: -d'));
    expect(() => parseFlags(['--__proto__'])).toThrow(usage('unknown flag: --__proto__'));
  });
});
