import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Ids } from './execute.ts';

/** A context, a home, and a directory for scratch space, all of them of the user who builds. */
export interface Workplace {
  readonly context: string;
  readonly home: string;
  /** Given as TMPDIR or RUNNER_TEMP: whatever a build leaves here is a fault. */
  readonly scratch: string;
  /** A path for a file the build writes. */
  output(name: string): string;
  /** Names of what builds left behind. */
  leftovers(): string[];
  remove(): void;
}

/** A file of a context: its text, or the path of the file it is a copy of. */
export type ContextFile = string | { readonly copyOf: string };

/** Makes a workplace with these files in its context. */
export function makeWorkplace(files: Readonly<Record<string, ContextFile>>, owner?: Ids): Workplace {
  const directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-e2e-'));
  chmodSync(directory, 0o755);
  const make = (name: string): string => {
    const path = join(directory, name);
    mkdirSync(path);
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
    return path;
  };
  const context = make('context');
  for (const [name, file] of Object.entries(files)) place(join(context, name), file);
  const [home, scratch, output] = [make('home'), make('scratch'), make('output')];
  return {
    context,
    home,
    scratch,
    output: (name) => join(output, name),
    leftovers: () => readdirSync(scratch),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

function place(path: string, file: ContextFile): void {
  mkdirSync(dirname(path), { recursive: true });
  if (typeof file === 'string') writeFileSync(path, file);
  else cpSync(file.copyOf, path, { preserveTimestamps: true });
}
