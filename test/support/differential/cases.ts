import { existsSync, lstatSync, lutimesSync, mkdirSync, readdirSync, readFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { succeed } from '../e2e/execute.ts';
import { ORIGIN } from './origin.ts';

const settings = z.strictObject({
  /** What the case is about, where its name does not tell. */
  about: z.string().optional(),
  /**
   * Flags every builder takes; `{context}` stands for the directory of the context, `{origin}` for the URL of a server that
   * serves it.
   */
  flags: z.array(z.string()).default([]),
  /** What is built, where it is not the directory: a path, or a URL below `{origin}`. */
  context: z.string().optional(),
  /** What our message of a build that has to fail says. */
  says: z.string().optional(),
  /** Why expected.json is written by hand: the oracle cannot serve. */
  byHand: z.string().optional(),
  /** Files that are not compared: what they hold differs from build to build. */
  ignore: z.array(z.string()).default([]),
});

export interface Case extends z.infer<typeof settings> {
  readonly name: string;
  readonly directory: string;
}

/** Files of a case that are not part of its context. */
const OURS = ['case.json', 'setup.sh', 'expected.json'];

/** Time of everything in a context that setup.sh has not given another one. */
const CONTEXT_TIME = Date.UTC(2020, 1, 2, 3, 4, 5) / 1000;

/** All cases of a directory, sorted by name. Throws where a case.json is malformed. */
export function readCases(directory: string): Case[] {
  return readdirSync(directory)
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const file = join(path, 'case.json');
      const text: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
      return { name, directory: path, ...settings.parse(text) };
    });
}

/**
 * Makes the context of a case in a directory that is not there yet: its files, root's and 0644 or 0755, all of one time
 * long ago; then what its setup.sh adds that git cannot hold.
 */
export async function makeContext({ directory }: Case, context: string): Promise<void> {
  mkdirSync(context);
  for (const name of readdirSync(directory).filter((entry) => !OURS.includes(entry)))
    cpSync(join(directory, name), join(context, name), { recursive: true, verbatimSymlinks: true });
  await succeed('chmod', ['-R', 'u=rwX,go=rX', context]);
  await succeed('chown', ['-hR', '0:0', context]);
  const started = Date.now();
  const setup = join(directory, 'setup.sh');
  age(context, Number.NEGATIVE_INFINITY);
  if (existsSync(setup)) await succeed('sh', ['-eu', setup], { cwd: context });
  age(context, started - 10_000);
}

/** Gives everything younger than that the time of contexts. */
function age(path: string, since: number): void {
  const stat = lstatSync(path);
  if (stat.isDirectory()) for (const name of readdirSync(path)) age(join(path, name), since);
  if (stat.mtimeMs >= since) lutimesSync(path, CONTEXT_TIME, CONTEXT_TIME);
}

/** The case for a context made in this directory and served at this URL. */
export function placed(it: Case, directory: string, origin: string): Case {
  const fill = (text: string): string => text.replaceAll('{context}', directory).replaceAll(ORIGIN, origin);
  return { ...it, flags: it.flags.map(fill), context: fill(it.context ?? directory) };
}

/** Whether somebody has to serve the context of a case. */
export function isServed({ flags, context = '' }: Case): boolean {
  return [context, ...flags].some((text) => text.includes(ORIGIN));
}
