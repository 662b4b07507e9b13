import { type SourceLocation } from '../errors/index.ts';
import { neutraliseCommands } from './neutralise.ts';
import { plainReporter } from './plain.ts';
import { plain } from './render-error.ts';
import { type Reporter } from './reporter.ts';

export interface GithubOptions {
  /** Takes one line, without its line break. */
  readonly write: (line: string) => void;
  readonly now: () => number;
  /** Makes an annotation: the runner's own channel, never mixed with text from outside. */
  readonly annotate: (message: string, location: SourceLocation | undefined) => void;
}

/** A Reporter for the GitHub runner: plain lines none of which is a workflow command, and warnings as annotations. */
export function githubReporter({ write, now, annotate }: GithubOptions): Reporter {
  const lines = plainReporter({ write: (line) => write(neutraliseCommands(line)), now });
  return { ...lines, warn: (message, location) => annotate(plain(message), location) };
}
