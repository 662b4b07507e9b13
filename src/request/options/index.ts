import { BUILD_OPTIONS } from './build-options.ts';
import { BUILD_PUSH_NO_OPS, BUILD_PUSH_REFUSED } from './build-push-leftovers.ts';
import { CACHE_OPTIONS } from './cache-options.ts';
import { COMMAND_OPTIONS } from './command-options.ts';
import { FRONT_OPTIONS } from './front-options.ts';
import { KANIKO_NO_OPS, KANIKO_REFUSED } from './kaniko-leftovers.ts';
import { type FlagSpec, type InputSpec, type OptionSpec } from './option.ts';
import { OUTPUT_OPTIONS } from './output-options.ts';
import { REGISTRY_OPTIONS } from './registry-options.ts';
import { RUN_OPTIONS } from './run-options.ts';

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionSpec[];
}

/** Every option, in the order people read them. */
export const OPTION_GROUPS = [
  { title: 'Build', options: BUILD_OPTIONS },
  { title: 'RUN', options: RUN_OPTIONS },
  { title: 'Output', options: OUTPUT_OPTIONS },
  { title: 'Layer cache', options: CACHE_OPTIONS },
  { title: 'Commands on caches', options: COMMAND_OPTIONS },
  { title: 'Registries', options: REGISTRY_OPTIONS },
  { title: 'Log', options: FRONT_OPTIONS },
  { title: 'Accepted for kaniko, without effect', options: KANIKO_NO_OPS },
  { title: 'Flags of kaniko that are refused', options: KANIKO_REFUSED },
  { title: 'Accepted for docker/build-push-action, without effect', options: BUILD_PUSH_NO_OPS },
  { title: 'Inputs of docker/build-push-action that are refused', options: BUILD_PUSH_REFUSED },
] as const satisfies readonly OptionGroup[];

type Works =
  | (typeof BUILD_OPTIONS)[number]
  | (typeof RUN_OPTIONS)[number]
  | (typeof OUTPUT_OPTIONS)[number]
  | (typeof CACHE_OPTIONS)[number]
  | (typeof COMMAND_OPTIONS)[number]
  | (typeof REGISTRY_OPTIONS)[number]
  | (typeof FRONT_OPTIONS)[number];
type NameOf<Side extends 'flag' | 'input', Kind extends string> = Works extends infer O
  ? O extends Readonly<Record<Side, { readonly name: infer N; readonly kind: Kind }>>
    ? N
    : never
  : never;

/** Names of flags and inputs a front may ask for, by the kind of their value: a slip of the pen does not compile. */
export type FlagName<Kind extends string> = NameOf<'flag', Kind> & string;
export type InputName<Kind extends string> = NameOf<'input', Kind> & string;

export type FlagOption = OptionSpec & { readonly flag: FlagSpec };
export type InputOption = OptionSpec & { readonly input: InputSpec };

const ALL: readonly OptionSpec[] = OPTION_GROUPS.flatMap((group): readonly OptionSpec[] => group.options);

export const FLAG_OPTIONS: readonly FlagOption[] = ALL.filter(
  (option): option is FlagOption => option.flag !== undefined,
);
export const INPUT_OPTIONS: readonly InputOption[] = ALL.filter(
  (option): option is InputOption => option.input !== undefined,
);
export type { FlagSpec, OptionSpec, Treatment } from './option.ts';
