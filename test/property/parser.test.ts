import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseDockerfile,
  type Dockerfile,
  type Instruction,
  type SourceRange,
} from '../../src/dockerfile/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { dockerfileText } from './dockerfile-texts.ts';
import { settings } from './settings.ts';

/** Far more than any text of these takes, and an end to one that would take forever. */
const TIME_LIMIT_MS = 60_000;

describe('the parser', { timeout: TIME_LIMIT_MS }, () => {
  it('throws nothing but what is wrong with the Dockerfile, with its place', () => {
    const text = fc.oneof(dockerfileText, fc.string({ maxLength: 80 }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, (source) => {
        const parsed = parsedOrError(source);
        if (!(parsed instanceof BuildError)) return;
        expect(parsed.code).toMatch(/^DOCKERFILE_/);
        expect(parsed.location?.file).toBe('Dockerfile');
        expect(parsed.location?.line).toBeGreaterThan(0);
      }),
      settings(2000),
    );
  });

  it('takes a text that is ten thousand times as long in no more than in proportion', () => {
    const parts = [' \\\n', ' ${A:-', "'", '"', ' <<E', ' a=b', '\n', '["a",', '#\n', ' --x', '\\\\'];
    for (const part of parts) {
      const parsed = parsedOrError(`FROM a\nENV A=1${part.repeat(10_000)}\n`);
      if (parsed instanceof BuildError) expect(parsed.code).toMatch(/^DOCKERFILE_/);
    }
  });

  it('has every instruction within the text, one after the other', () => {
    fc.assert(
      fc.property(dockerfileText, (source) => {
        const parsed = parsedOrError(source);
        if (parsed instanceof BuildError) return;
        const lines = source.split('\n').length;
        const ranges = instructionsOf(parsed).map(({ range }) => range);
        for (const [index, { startLine, endLine }] of ranges.entries()) {
          expect(startLine).toBeGreaterThan(ranges[index - 1]?.endLine ?? 0);
          expect(endLine).toBeGreaterThanOrEqual(startLine);
          expect(endLine).toBeLessThanOrEqual(lines);
        }
      }),
      settings(1000),
    );
  });

  it('reads the lines of each instruction alone as it reads them in the file', () => {
    fc.assert(
      fc.property(dockerfileText, (source) => {
        const parsed = parsedOrError(source);
        if (parsed instanceof BuildError) return;
        const again = parsedOrError(printed(parsed));
        if (again instanceof BuildError) throw again;
        expect(instructionsOf(again).map(withoutPlace)).toEqual(instructionsOf(parsed).map(withoutPlace));
      }),
      settings(1000),
    );
  });
});

function parsedOrError(source: string): Dockerfile | BuildError {
  try {
    return parseDockerfile(source, { file: 'Dockerfile' });
  } catch (error) {
    if (error instanceof BuildError) return error;
    throw error;
  }
}

function instructionsOf({ metaArgs, stages }: Dockerfile): Instruction[] {
  return [...metaArgs, ...stages.flatMap(({ from, instructions }) => [from, ...instructions])];
}

/** The file with nothing but its escape directive and the lines of its instructions. */
function printed(dockerfile: Dockerfile): string {
  const lines = dockerfile.text.replace(/^\uFEFF/, '').split('\n');
  const linesOf = ({ startLine, endLine }: SourceRange): string =>
    lines.slice(startLine - 1, endLine).join('\n');
  const bodies = instructionsOf(dockerfile).map(({ range }) => linesOf(range));
  // An empty line keeps a first instruction from being one more directive.
  return [`# escape=${dockerfile.escape}`, '', ...bodies, ''].join('\n');
}

function withoutPlace({ range: _range, comments: _comments, ...instruction }: Instruction): unknown {
  return instruction;
}
