/** 1-based lines and columns, both ends inclusive of the first and exclusive of the last column. */
export interface SourceRange {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Heredoc {
  /** Delimiter as written, without quotes. */
  readonly name: string;
  /** Body with its final newline; tabs already removed for `<<-`. */
  readonly content: string;
  /** The body as written, where `<<-` made it differ from `content`: a shell strips the tabs itself. */
  readonly rawContent?: string | undefined;
  /** False where the delimiter was quoted: no variable is replaced in the body. */
  readonly expand: boolean;
  readonly fileDescriptor: number;
}

interface Base {
  readonly range: SourceRange;
  /** The instruction as written (continuations joined), for messages and history. */
  readonly original: string;
  /** The keyword as written (`RUN`, `run`). */
  readonly keyword?: string | undefined;
  /** The flags as written, quotes removed, before expansion: `--chown=$U`, `--link`. */
  readonly flags?: readonly string[] | undefined;
  /** The comments straight above, without their `#`; an empty line between ends them. */
  readonly comments?: readonly string[] | undefined;
}

/** Shell form keeps the text as written; exec form the JSON array. */
export type CommandLine =
  | { readonly form: 'exec'; readonly args: readonly string[] }
  | { readonly form: 'shell'; readonly text: string; readonly heredocs: readonly Heredoc[] };

/**
 * One `--mount`. Keys are lower-cased and aliases folded: `source`, `target`, `readonly`, `readwrite`.
 * A key without `=` has the value `true`. After expandInstruction the values are checked and in one
 * form: `readonly` is `true` or `false` (absent: the type's default; `readwrite` is folded into it),
 * `required` likewise, `size` is a decimal number of bytes, `type` is always there.
 */
export interface RunMountFlag {
  readonly raw: string;
  readonly options: ReadonlyMap<string, string>;
}

export interface FromInstruction extends Base {
  readonly kind: 'from';
  readonly image: string;
  readonly stageName?: string | undefined;
  readonly platform?: string | undefined;
}
export interface ArgInstruction extends Base {
  readonly kind: 'arg';
  readonly args: readonly { readonly name: string; readonly value?: string | undefined }[];
}
export interface RunInstruction extends Base {
  readonly kind: 'run';
  readonly command: CommandLine;
  readonly mounts: readonly RunMountFlag[];
  readonly network?: string | undefined;
  readonly security?: string | undefined;
  readonly devices?: readonly RunDevice[] | undefined;
}
/** A device that `--device` names in the form of the Container Device Interface. */
export interface RunDevice {
  readonly name: string;
  readonly required: boolean;
}
export interface CopyInstruction extends Base {
  readonly kind: 'copy' | 'add';
  readonly sources: readonly string[];
  readonly heredocs: readonly Heredoc[];
  readonly destination: string;
  readonly from?: string | undefined;
  readonly chown?: string | undefined;
  readonly chmod?: string | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly excludes: readonly string[];
  readonly checksum?: string | undefined;
  readonly keepGitDir?: boolean | undefined;
  readonly unpack?: boolean | undefined;
}
export interface PairsInstruction extends Base {
  readonly kind: 'env' | 'label';
  readonly pairs: readonly { readonly key: string; readonly value: string }[];
  /** `ENV key value…`, the legacy form without `=`. */
  readonly legacy: boolean;
}
export interface WordInstruction extends Base {
  readonly kind: 'workdir' | 'user' | 'stopsignal' | 'maintainer';
  readonly value: string;
}
export interface WordsInstruction extends Base {
  readonly kind: 'expose' | 'volume';
  readonly values: readonly string[];
}
export interface CommandInstruction extends Base {
  readonly kind: 'cmd' | 'entrypoint';
  readonly command: CommandLine;
}
export interface ShellInstruction extends Base {
  readonly kind: 'shell';
  readonly shell: readonly string[];
}
export interface HealthcheckInstruction extends Base {
  readonly kind: 'healthcheck';
  /** Docker's record: `['NONE']`, `['CMD', …]`, `['CMD-SHELL', text]`; durations in nanoseconds, 0 where not given. */
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}
export interface OnbuildInstruction extends Base {
  readonly kind: 'onbuild';
  /** The trigger as text; parsed when the image is built upon. */
  readonly trigger: string;
}

export type StageInstruction =
  | ArgInstruction
  | RunInstruction
  | CopyInstruction
  | PairsInstruction
  | WordInstruction
  | WordsInstruction
  | CommandInstruction
  | ShellInstruction
  | HealthcheckInstruction
  | OnbuildInstruction;
export type Instruction = FromInstruction | StageInstruction;

export interface Stage {
  /** Position in the file, 0-based. */
  readonly index: number;
  readonly from: FromInstruction;
  readonly instructions: readonly StageInstruction[];
}

/** What `# check=skip=A,B;experimental=C;error=true` asks of the lint rules. */
export interface CheckOptions {
  readonly skip: ReadonlySet<string> | 'all';
  /** Rules that are silent unless they are named here. */
  readonly experimental: ReadonlySet<string> | 'all';
  /** Any warning fails the build. */
  readonly error: boolean;
}

export interface LintWarning {
  readonly rule: string;
  /** What the rule asks for. */
  readonly description: string;
  /** Where the rule is explained; empty where it is nowhere. */
  readonly url: string;
  readonly message: string;
  readonly range: SourceRange;
}

export interface Dockerfile {
  /** File name for messages. */
  readonly file: string;
  readonly text: string;
  readonly escape: '\\' | '`';
  readonly syntax?: string | undefined;
  /** ARGs before the first FROM. */
  readonly metaArgs: readonly ArgInstruction[];
  readonly stages: readonly Stage[];
  /** What can be said of the file alone; `warnings` already leaves out what `check` and comments skip. */
  readonly warnings: readonly LintWarning[];
  /** The options of the checks: those given from outside, or else the `# check=` directive. */
  readonly check?: CheckOptions | undefined;
}
