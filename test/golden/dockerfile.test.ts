import { describe, expect, it } from 'vitest';
import { BuildError } from '../../src/errors/index.ts';
import { type Dockerfile, parseDockerfile, type SourceRange } from '../../src/dockerfile/index.ts';
import { casesIn, dockerfileOf, expectedOf } from './golden-case.ts';

const FILE = { file: 'Dockerfile' };

describe('parsing', () => {
  it.each(casesIn('parse'))('%s', (name) => {
    const actual = `${render(parseDockerfile(dockerfileOf('parse', name), FILE))}\n`;
    expect(JSON.parse(actual)).toEqual(JSON.parse(expectedOf('parse', name, 'result.json', actual)));
  });
});

describe('errors', () => {
  it.each(casesIn('errors'))('%s', (name) => {
    const actual = renderError(() => parseDockerfile(dockerfileOf('errors', name), FILE));
    expect(actual).toBe(expectedOf('errors', name, 'error.txt', actual));
  });
});

/** The parsed file without what the text itself shows; ranges and warnings on one line each. */
function render({ escape, syntax, check, metaArgs, stages, warnings }: Dockerfile): string {
  const shown = {
    escape,
    syntax,
    check,
    metaArgs,
    stages: stages.map(({ from, instructions }) => [from, ...instructions]),
    warnings: warnings.map(({ rule, message, range }) => `${range.startLine} ${rule}: ${message}`),
  };
  return JSON.stringify(shown, plain, 2);
}

function plain(key: string, value: unknown): unknown {
  if (key === 'range') {
    const { startLine, startColumn, endLine, endColumn } = value as SourceRange;
    return `${startLine}:${startColumn}-${endLine}:${endColumn}`;
  }
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Set ? [...value] : value;
}

function renderError(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const { code, message, hint, location } = error;
    const place = `${location?.file}:${location?.line}:${location?.column}-${location?.endLine}`;
    return [code, message, `hint: ${hint ?? ''}`, place, location?.excerpt, ''].join('\n');
  }
  return 'no error\n';
}
