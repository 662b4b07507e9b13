/** The licences of all packages in a bundle, as one text. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A module as webpack's statistics tell it; one may be made of others. */
interface Module {
  /** The file it comes from. */
  readonly nameForCondition?: string | null;
  readonly modules?: readonly Module[];
}

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/**
 * Returns name, licence and licence texts of every package that the modules of a bundle come from, sorted. ncc's own
 * file of licences holds one chunk of the bundle only. Throws Error for a package without a licence.
 */
export function licencesOf(modules: readonly Module[]): string {
  const directories = new Set(modules.flatMap(filesOf).flatMap(packageDirectory));
  const texts = [...directories].map(licenceOf).sort((a, b) => (a < b ? -1 : 1));
  return [...new Set(texts)].join('\n\n');
}

function filesOf({ nameForCondition, modules = [] }: Module): string[] {
  return [...(nameForCondition ? [nameForCondition] : []), ...modules.flatMap(filesOf)];
}

/** The directory of the innermost package a file belongs to; none for files of this project. */
function packageDirectory(file: string): string[] {
  const found = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file);
  return found === null ? [] : [found[0]];
}

function licenceOf(directory: string): string {
  const { name, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly license?: unknown;
  };
  if (typeof license !== 'string') throw new Error(`${name || basename(directory)} states no licence`);
  const texts = readdirSync(directory)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), 'utf8').trim());
  return [name, license, ...texts].join('\n') + '\n';
}
