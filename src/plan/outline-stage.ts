import { posix } from 'node:path';
import {
  describedAs,
  expandWord,
  type ArgInstruction,
  type RunInstruction,
  type SourceRange,
} from '../dockerfile/index.ts';
import type { BuildSpec } from '../request/index.ts';
import { advance } from './checks/advance.ts';
import type { StageScope } from './checks/stage-scope.ts';
import { givenArg } from './given-arg.ts';
import type { Plan, PlannedStage } from './planned-stage.ts';

/** A build argument that has a say in the target. */
export interface OutlineArg {
  readonly name: string;
  /** What it is worth in this build; empty where it has no value. */
  readonly value: string;
  /** What the comment above its ARG says of it. */
  readonly description: string;
  readonly range: SourceRange;
}

/** A secret or an agent that a RUN mounts. */
export interface OutlineMount {
  readonly name: string;
  readonly required: boolean;
  readonly range: SourceRange;
}

/** What one stage takes. */
export interface StageOutline {
  readonly args: readonly OutlineArg[];
  readonly secrets: readonly OutlineMount[];
  readonly ssh: readonly OutlineMount[];
  /** The arguments in its FROM, and in those of the stages it is based on. */
  readonly usedByFrom: ReadonlySet<string>;
}

/** An ARG before the first FROM, and the names its value was made from. */
export interface GlobalArg extends OutlineArg {
  readonly madeFrom: ReadonlySet<string>;
}

export interface OutlineKit {
  readonly plan: Plan;
  readonly spec: BuildSpec;
  readonly globals: ReadonlyMap<string, GlobalArg>;
}

/** The arguments of the global scope by name. */
export function globalArgs({ dockerfile, globals }: Plan, spec: BuildSpec): Map<string, GlobalArg> {
  const known = new Map<string, GlobalArg>();
  for (const instruction of dockerfile.metaArgs) {
    for (const { name, value = '' } of instruction.args) {
      const given = givenArg(spec, name) !== undefined;
      const madeFrom = given ? new Set<string>() : namesIn([value], globals, dockerfile.escape);
      madeFrom.delete(name);
      known.set(name, { ...argOf(name, globals.get(name), instruction), madeFrom });
    }
  }
  return known;
}

/** What a stage takes, its instructions gone through in order; `scope` ends behind the last one. */
export function outlineStage(
  stage: PlannedStage,
  scope: StageScope,
  kit: OutlineKit,
  parent: StageOutline | undefined,
): StageOutline {
  const { plan, spec, globals } = kit;
  const { dockerfile } = plan;
  const from = stage.index === undefined ? undefined : dockerfile.stages[stage.index]?.from;
  const inFrom = namesIn([from?.image ?? '', from?.platform ?? ''], plan.globals, dockerfile.escape);
  const usedByFrom = new Set([...inFrom, ...(parent?.usedByFrom ?? [])]);
  const own = new Map<string, OutlineArg>();
  const used = new Set(usedByFrom);
  const mounts = { secret: new Map<string, OutlineMount>(), ssh: new Map<string, OutlineMount>() };
  for (const { instruction } of stage.instructions) {
    const expanded = advance(instruction, scope, { spec, dockerfile, globals: plan.globals });
    if (instruction.kind === 'arg') noteArgs(instruction, scope, own, used, kit);
    if (expanded.kind === 'run') noteMounts(expanded, mounts);
  }
  const args = withOrigins(used, globals).flatMap((name) => own.get(name) ?? globals.get(name) ?? []);
  return { args, secrets: [...mounts.secret.values()], ssh: [...mounts.ssh.values()], usedByFrom };
}

/** One that only passes on a global argument is told of where that one stands. */
function noteArgs(
  instruction: ArgInstruction,
  scope: StageScope,
  own: Map<string, OutlineArg>,
  used: Set<string>,
  { plan, spec }: OutlineKit,
): void {
  for (const { name, value } of instruction.args) {
    used.add(name);
    const passedOn = value === undefined && givenArg(spec, name) === undefined && plan.globals.has(name);
    if (!passedOn) own.set(name, argOf(name, scope.env.get(name), instruction));
  }
}

function noteMounts(
  { mounts, range }: RunInstruction,
  noted: Readonly<Record<'secret' | 'ssh', Map<string, OutlineMount>>>,
): void {
  for (const { options } of mounts) {
    const type = options.get('type');
    if (type !== 'secret' && type !== 'ssh') continue;
    const name = type === 'ssh' ? (options.get('id') ?? 'default') : secretName(options);
    const required = options.get('required') === 'true';
    if (!noted[type].has(name)) noted[type].set(name, { name, required, range });
  }
}

function secretName(options: ReadonlyMap<string, string>): string {
  return (
    options.get('id') ??
    options.get('source') ??
    posix.basename(options.get('target') ?? options.get('env') ?? '')
  );
}

/** The names and, before they are told, those their values were made from. */
function withOrigins(names: ReadonlySet<string>, globals: ReadonlyMap<string, GlobalArg>): string[] {
  const all = new Set<string>();
  const visit = (name: string): void => {
    if (all.has(name)) return;
    all.add(name);
    globals.get(name)?.madeFrom.forEach(visit);
  };
  names.forEach(visit);
  return [...all];
}

/** The names with a value that some words refer to. */
function namesIn(
  words: readonly string[],
  values: ReadonlyMap<string, string>,
  escape: Plan['dockerfile']['escape'],
): Set<string> {
  const names = new Set<string>();
  const lookup = (name: string): string | undefined => {
    if (values.has(name)) names.add(name);
    return values.get(name);
  };
  for (const word of words) expandWord(word, lookup, { escape });
  return names;
}

function argOf(name: string, value: string | undefined, instruction: ArgInstruction): OutlineArg {
  return {
    name,
    value: value ?? '',
    description: describedAs(name, instruction),
    range: instruction.range,
  };
}
