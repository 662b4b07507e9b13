import { createHash } from 'node:crypto';
import type { BuildContext } from '../../../context/index.ts';
import type { CopyInstruction, RunInstruction, StageInstruction } from '../../../dockerfile/index.ts';
import type { Plan, PlannedInstruction, PlannedStage } from '../../../plan/index.ts';
import type { StageState } from '../../stage-state.ts';
import { copiedFiles } from './copied-files.ts';

/** Build arguments that count in kaniko without being declared. */
const UNDECLARED = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
/** Versions of kaniko differ in whether these have a value. */
const PLATFORM_ARGS = /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT|STAGE)$/;

/**
 * The keys kaniko (up to 1.24) gives the steps of a stage: SHA-256 of the base, the text of every instruction, and what
 * RUN and COPY see, joined by hyphens. Where a key cannot be told exactly, or does not tell all that the step depends on,
 * there are none from there on.
 */
export class KanikoKeys {
  #parts: string[] | undefined;
  readonly #buildArgs: Readonly<Record<string, string>>;
  #count = 0;

  /** `parent` is of the stage that this one starts from. */
  constructor(
    stage: PlannedStage,
    plan: Plan,
    buildArgs: Readonly<Record<string, string>>,
    parent: KanikoKeys | undefined,
  ) {
    this.#buildArgs = buildArgs;
    const base = isExact(stage, plan) ? baseOf(stage, parent) : undefined;
    this.#parts = base === undefined ? undefined : [base];
  }

  /** Takes the next instruction; returns the key where it is a RUN whose result can be taken. */
  add(
    { instruction: written }: PlannedInstruction,
    instruction: StageInstruction,
    state: StageState,
    context: BuildContext,
  ): string | undefined {
    if (this.#parts === undefined || instruction.kind === 'maintainer') return undefined;
    const seen = partsOf(instruction, state, this.#buildArgs, context);
    this.#parts = seen && [...this.#parts, ...seen.before, written.original, ...seen.after];
    this.#count++;
    return instruction.kind === 'run' ? this.last() : undefined;
  }

  /** The key after the last instruction; undefined where it cannot be told, or there was none. */
  last(): string | undefined {
    if (this.#parts === undefined || this.#count === 0) return undefined;
    return createHash('sha256').update(this.#parts.join('-')).digest('hex');
  }
}

/** Arguments of earlier stages leak into later ones in kaniko; triggers come in another order. */
function isExact({ index, instructions, base }: PlannedStage, { dockerfile }: Plan): boolean {
  if (index === undefined || instructions.some(({ isOnbuild }) => isOnbuild)) return false;
  const earlier = dockerfile.stages.slice(0, index).flatMap((stage) => stage.instructions);
  if (earlier.some(({ kind }) => kind === 'arg')) return false;
  if (base.kind !== 'image') return true;
  const { Env, Volumes } = base.image.config.config ?? {};
  const hasPath = Env === undefined || Env === null || Env.some((entry) => entry.startsWith('PATH='));
  return hasPath && Object.keys(Volumes ?? {}).length === 0;
}

function baseOf({ base }: PlannedStage, parent: KanikoKeys | undefined): string | undefined {
  if (base.kind === 'image') return base.image.manifest;
  return base.kind === 'stage' ? parent?.last() : undefined;
}

interface SeenParts {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const NOTHING: SeenParts = { before: [], after: [] };

/** What stands in a key around the text of an instruction. */
function partsOf(
  instruction: StageInstruction,
  state: StageState,
  buildArgs: Readonly<Record<string, string>>,
  context: BuildContext,
): SeenParts | undefined {
  switch (instruction.kind) {
    case 'run': {
      const env = isPlainRun(instruction) ? environmentOf(state, buildArgs) : undefined;
      if (env === undefined) return undefined;
      return env.length === 0 ? NOTHING : { before: [`|${env.length}`, ...env], after: [] };
    }
    case 'copy': {
      const files = isPlainCopy(instruction) ? copiedFiles(instruction.sources, context) : undefined;
      return files && { before: [], after: files };
    }
    // URLs and archives are not in its key; volumes and groups of users mean something else in kaniko.
    case 'add':
    case 'volume':
    case 'onbuild':
      return undefined;
    case 'user':
      return instruction.value.includes(':') ? undefined : NOTHING;
    default:
      return NOTHING;
  }
}

/** kaniko passes over flags and does not put here-documents into keys. */
function isPlainRun({ command, flags = [] }: RunInstruction): boolean {
  return flags.length === 0 && (command.form === 'exec' || command.heredocs.length === 0);
}

function isPlainCopy({ from, heredocs, link, parents, excludes }: CopyInstruction): boolean {
  return from === undefined && heredocs.length === 0 && !link && !parents && excludes.length === 0;
}

/** `NAME=value` of all variables and declared arguments, sorted; undefined where kaniko's are not known. */
function environmentOf(
  { config, args }: StageState,
  buildArgs: Readonly<Record<string, string>>,
): readonly string[] | undefined {
  const env = config.Env ?? [];
  const names = new Set(env.map((entry) => entry.split('=', 1)[0] ?? ''));
  if (args.some(({ name }) => PLATFORM_ARGS.test(name) || names.has(name))) return undefined;
  const declared = new Map(args.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
  const undeclared = UNDECLARED.flatMap((name) => {
    const value = names.has(name) ? undefined : buildArgs[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const all = new Map([...undeclared, ...declared]);
  const entries = [...env, ...[...all].map(([name, value]) => `${name}=${value}`)];
  return entries.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
