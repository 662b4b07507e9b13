/** Lines of a file of the workspace an annotation points to. */
export interface Place {
  readonly file: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** The GitHub runner, as far as this action talks to it. */
export interface Runner {
  /** An input; empty where it was not given. White space around it is cut off, unless it is asked for `raw`. */
  input(name: string, options?: { readonly raw: boolean }): string;
  setOutput(name: string, value: string): void;
  /** Hides a text in everything the log shows from now on. */
  mask(secret: string): void;
  warn(message: string, place: Place | undefined): void;
  /** An error as annotation; the step fails. */
  fail(message: string, place: Place | undefined): void;
  /** Puts a line into the log as it is: it must be no workflow command. */
  line(text: string): void;
  startGroup(title: string): void;
  endGroup(): void;
  /** Keeps a value for the post step. */
  saveState(name: string, value: string): void;
  state(name: string): string;
  /** Adds HTML to the summary of the job; does nothing where the runner has none. */
  summarise(html: string): Promise<void>;
  isDebug(): boolean;
}
