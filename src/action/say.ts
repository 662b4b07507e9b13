import { cleanText, neutraliseCommands } from '../report/index.ts';
import { type Runner } from './runner.ts';

/** Puts text of several lines into the log; none of them is a workflow command. */
export function say(runner: Runner, text: string): void {
  for (const line of cleanText(text).trimEnd().split('\n')) runner.line(neutraliseCommands(line));
}

/** The same below a title that folds it. */
export function sayGroup(runner: Runner, title: string, text: string): void {
  runner.startGroup(title);
  say(runner, text);
  runner.endGroup();
}
