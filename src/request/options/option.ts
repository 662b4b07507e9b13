/** How a value is written: `list` repeats on the command line and is one value a line in an input. */
type ValueKind = 'text' | 'flag' | 'list';

/**
 * What becomes of a value. `ignored` asks for something that is so anyway (debug note), `warned` for something this
 * builder has no use for, `refused` for something not done here: an UNSUPPORTED error names it.
 */
export type Treatment = 'works' | 'ignored' | 'warned' | 'refused';

/** A command line flag. Names are kaniko's where kaniko has one. */
export interface FlagSpec {
  readonly name: string;
  readonly kind: ValueKind;
  readonly short?: string;
  /** Other spellings that mean the same. */
  readonly aliases?: readonly string[];
  /** Spellings kaniko gave up; taken with a warning. */
  readonly deprecated?: readonly string[];
  /** What stands for the value in `--help`. */
  readonly value?: string;
}

/** An input of the GitHub action. Names are docker/build-push-action's where it has one. */
export interface InputSpec {
  readonly name: string;
  readonly kind: ValueKind;
  /** The default action.yml declares. */
  readonly initial?: string;
  /** Commas inside a line belong to the value. */
  readonly ignoreComma?: boolean;
  /** False: double quotes are ordinary characters. */
  readonly quotes?: boolean;
  /** White space at the ends of values belongs to them. */
  readonly raw?: boolean;
}

/** One thing a user can ask for, by flag, by input or by both. `--help`, action.yml and docs/inputs.md say what stands here. */
export interface OptionSpec {
  /** One sentence without a final full stop. */
  readonly about: string;
  readonly treatment: Treatment;
  readonly flag?: FlagSpec;
  readonly input?: InputSpec;
  /** The commands its flag belongs to, where it is not for builds. */
  readonly commands?: readonly string[];
  /** Values that ask for nothing, whatever the treatment. */
  readonly inert?: readonly string[];
  /** Why it is ignored or refused, and what to use in its place. */
  readonly note?: string;
}
