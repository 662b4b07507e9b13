import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { archiveOf } from '../archive-bytes.ts';
import { contextStep, lineOf, type Line } from './lines.ts';

/** Something in a context: a file with its mode, the target of a link, an archive with one file, or a directory. */
export interface Item {
  readonly kind: 'file' | 'link' | 'archive' | 'directory';
  readonly text: string;
  readonly mode: number;
}

/** All a build is made of. */
export interface GeneratedBuild {
  readonly items: Readonly<Record<string, Item>>;
  readonly ignore: readonly string[];
  readonly args: Readonly<Record<string, string>>;
  readonly stages: readonly (readonly Line[])[];
}

export const NAMES = ['a', 'b', 'd/c', 'd/e', 'd/f/g', 'link', 'pack.tar', 'empty'] as const;

const text = fc.constantFrom('one', 'two', 'three\n', '');
const mode = fc.constantFrom(0o644, 0o600, 0o755, 0o4755);

function itemOf(name: string): fc.Arbitrary<Item> {
  const kind = ({ link: 'link', 'pack.tar': 'archive', empty: 'directory' } as const)[name] ?? 'file';
  const values = kind === 'link' ? fc.constantFrom('a', 'd/c', 'd') : text;
  return fc.record({
    kind: fc.constant(kind),
    text: values,
    mode: kind === 'directory' ? fc.constantFrom(0o755, 0o700) : mode,
  });
}

const items = fc.record(Object.fromEntries(NAMES.map((name) => [name, itemOf(name)])));
const args = fc.record({ ONE: fc.constantFrom('1', '2', ''), TWO: fc.constantFrom('a', 'b c') });
const ignore = fc.subarray(['d/e', '*.tar', 'd/f', '!d/f/g', 'b'], { maxLength: 2 });

/** Builds of up to three stages; `steps` are the kinds of instructions they are of. */
export function generatedBuild(steps: readonly fc.Arbitrary<string>[]): fc.Arbitrary<GeneratedBuild> {
  const stage = fc.array(lineOf(steps), { minLength: 1, maxLength: 5 });
  return fc.record({ items, ignore, args, stages: fc.array(stage, { minLength: 1, maxLength: 3 }) });
}

/** One change of a build: of a line, of a file, of an argument, of what is ignored. */
export type Edit = (build: GeneratedBuild) => GeneratedBuild;

export function generatedEdit(steps: readonly fc.Arbitrary<string>[]): fc.Arbitrary<Edit> {
  const place = fc.record({ stage: fc.nat(9), at: fc.nat(9) });
  const lines = (change: (all: readonly Line[], at: number, other: Line) => readonly Line[]) =>
    fc.tuple(place, lineOf(steps)).map(([{ stage, at }, other]): Edit => (build) => {
      const stages = build.stages.map((all, index) =>
        index === stage % build.stages.length ? change(all, at % all.length, other) : all,
      );
      return { ...build, stages };
    });
  const file = fc
    .constantFrom(...NAMES)
    .chain((name) =>
      itemOf(name).map((item): Edit => (build) => ({ ...build, items: { ...build.items, [name]: item } })),
    );
  return fc.oneof(
    lines((all, at) => all.toSpliced(at, 1)),
    lines((all, at, other) => all.with(at, other)),
    lines((all, at, other) => all.toSpliced(at, 0, other)),
    lines((all, at) => swapped(all, at)),
    { weight: 3, arbitrary: file },
    fc
      .constantFrom(...NAMES)
      .map((name): Edit => (build) => ({ ...build, items: without(build.items, name) })),
    args.map((other): Edit => (build) => ({ ...build, args: other })),
    ignore.map((other): Edit => (build) => ({ ...build, ignore: other })),
  );
}

function swapped(all: readonly Line[], at: number): readonly Line[] {
  const [one, two] = [all[at], all[at + 1]];
  return one === undefined || two === undefined ? all : all.toSpliced(at, 2, two, one);
}

function without(all: GeneratedBuild['items'], name: string): GeneratedBuild['items'] {
  return Object.fromEntries(Object.entries(all).filter(([other]) => other !== name));
}

/** The text of the Dockerfile. Every stage but the first can copy out of the one before it. */
export function dockerfileOf({ stages }: GeneratedBuild): string {
  const named = stages.flatMap((lines, index) => [
    index > 0 && contextStep(lines) ? `FROM s${index - 1} AS s${index}` : `FROM base AS s${index}`,
    'ARG ONE=default',
    'ARG TWO',
    ...lines.map(({ text: line }) => line.replaceAll('@before', index === 0 ? 'base' : `s${index - 1}`)),
  ]);
  return `ARG ONE\n${named.join('\n')}\n`;
}

/** Writes a build's context. */
export function writeContext(directory: string, { items: all, ignore: rules }: GeneratedBuild): void {
  writeFileSync(
    join(directory, '.dockerignore'),
    `${[...rules, 'Dockerfile', '.dockerignore'].join('\n')}\n`,
  );
  for (const [name, item] of Object.entries(all)) write(join(directory, name), item);
}

function write(path: string, { kind, text: content, mode: permissions }: Item): void {
  mkdirSync(dirname(path), { recursive: true });
  if (kind === 'directory') mkdirSync(path);
  else if (kind === 'link') return symlinkSync(content, path);
  else writeFileSync(path, kind === 'archive' ? archiveOf({ path: 'packed', content }) : content);
  chmodSync(path, permissions);
}
