import type { ContainerConfig, HistoryEntry, ImageConfig, Platform } from '../oci/index.ts';
import type { ImageLayer } from '../image/index.ts';
import type { BaseImage, PlannedStage } from '../plan/index.ts';
import type { Change } from '../snapshot/index.ts';
import { keyOf, keyPart } from '../cache/index.ts';
import { Faith } from './cache/faith.ts';
import type { StageChain } from './cache/foresight.ts';
import type { StageTree } from './stage-tree.ts';

/** What the kernel looks programs up in where an image says nothing (docker's default). */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A layer of the image in the making: finished, or still being compressed. */
export interface LayerSlot {
  readonly layer: Promise<ImageLayer>;
  readonly createdBy: string | undefined;
  /** Came with the base image. */
  readonly reused: boolean;
}

/** A step whose changes are not in a layer yet. */
export interface UnwrittenStep {
  readonly changes: readonly Change[];
  /** Position of its history row. */
  readonly row: number;
  /** Lets go of what the changed files are read from. */
  readonly release: (() => void) | undefined;
}

export interface DeclaredArg {
  readonly name: string;
  readonly value: string | undefined;
}

/** Fields of an image config outside `config` that a build hands on from its base. */
export type ImageFields = Pick<ImageConfig, 'architecture' | 'os' | 'variant' | 'author'> &
  Readonly<Partial<Record<'os.version' | 'os.features', unknown>>>;

/** A stage between two of its steps. Handlers of instructions change it; nothing else does. */
export interface StageState {
  readonly stage: PlannedStage;
  readonly tree: StageTree | undefined;
  fields: ImageFields;
  config: ContainerConfig;
  /** What `$name` means in an instruction and what RUN finds in its environment: ENV and ARG, the later wins. */
  readonly env: Map<string, string>;
  readonly args: DeclaredArg[];
  readonly history: HistoryEntry[];
  readonly layers: LayerSlot[];
  /** What waits for the one layer of `--single-snapshot`. */
  readonly unwritten: UnwrittenStep[];
  /** What stands for the tree in keys of the cache. */
  chain: StageChain;
  /** Whether the tree is what `chain` says. */
  readonly faith: Faith;
  /** History rows that came with the base image. */
  readonly inheritedRows: number;
  /** Whether this stage had a CMD: an ENTRYPOINT drops an inherited one. */
  cmdIsSet: boolean;
}

/** A stage before its first instruction. */
export function startStage(
  stage: PlannedStage,
  parent: StageState | undefined,
  tree: StageTree | undefined,
): StageState {
  const begun = parent === undefined ? fromBase(stage) : fromParent(parent);
  const config = withPath(begun.config);
  const env = new Map(begun.env);
  for (const entry of config.Env ?? []) env.set(...splitEntry(entry));
  const workdir = config.WorkingDir ?? '';
  return {
    ...begun,
    faith: faithOf(parent),
    config: workdir === '' ? config : { ...config, WorkingDir: resolveWorkdir(workdir, workdir) },
    stage,
    tree,
    env,
    unwritten: [],
    cmdIsSet: false,
  };
}

/**
 * A working directory as WORKDIR takes it: an absolute one stays as it is written, a relative one counts from the present
 * one and has neither `.` nor `..` left.
 */
export function resolveWorkdir(current: string, path: string): string {
  return path.startsWith('/') ? path : cleanWorkdir(`/${current}/${path}`);
}

/** The working directory of a stage as programs and copies need it: absolute, without `.` and `..`. */
export function workdirOf({ config }: Pick<StageState, 'config'>): string {
  return cleanWorkdir(config.WorkingDir ?? '');
}

function cleanWorkdir(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return `/${kept.join('/')}`;
}

/** `NAME=value` cut at its first `=`; an entry without one has an empty value. */
export function splitEntry(entry: string): [string, string] {
  const equals = entry.indexOf('=');
  return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
}

type Begun = Pick<
  StageState,
  'fields' | 'config' | 'env' | 'args' | 'history' | 'layers' | 'chain' | 'inheritedRows'
>;

function fromBase(stage: PlannedStage): Begun {
  const image = stage.base.kind === 'image' ? stage.base.image : undefined;
  const { OnBuild: _used, ...config } =
    image === undefined ? { WorkingDir: '/' } : (image.config.config ?? {});
  const history = image === undefined ? [] : completeHistory(image);
  const rows = history.filter((row) => row.empty_layer !== true);
  return {
    fields: image === undefined ? platformFields(stage.platform) : fieldsOf(image.config, stage.platform),
    config,
    env: new Map(),
    args: [],
    history,
    layers: (image?.layers ?? []).map((layer, index) => ({
      layer: Promise.resolve(layer),
      createdBy: rows[index]?.created_by,
      reused: true,
    })),
    chain: chainOf(image),
    inheritedRows: history.length,
  };
}

function fromParent(parent: StageState): Begun {
  const { OnBuild: _used, ...config } = parent.config;
  return {
    fields: parent.fields,
    config,
    env: new Map(parent.env),
    args: [...parent.args],
    history: [...parent.history],
    layers: [...parent.layers],
    chain: parent.chain,
    inheritedRows: parent.inheritedRows,
  };
}

function faithOf(parent: StageState | undefined): Faith {
  const faith = new Faith();
  if (parent !== undefined) faith.share(parent.faith);
  return faith;
}

/** Trees of the same layers are the same. */
function chainOf(image: BaseImage | undefined): StageChain {
  const key = keyOf([keyPart('base', ...(image?.layers ?? []).map(({ diffId }) => diffId))]);
  return { key, content: key };
}

/**
 * The history of a base with exactly one row for each of its layers, which images of some tools do not have: rows too
 * many lose their layer, as in BuildKit, and layers without a row get one.
 */
function completeHistory({ name, config, layers }: BaseImage): HistoryEntry[] {
  let told = 0;
  const rows = (config.history ?? []).map((row) => {
    if (row.empty_layer === true) return row;
    return ++told > layers.length ? { ...row, empty_layer: true } : row;
  });
  const missing = Math.max(0, layers.length - told);
  const created = config.created ?? undefined;
  const row = { ...(created !== undefined && { created }), created_by: `pulled from ${name}` };
  return [...rows, ...Array.from({ length: missing }, () => row)];
}

function fieldsOf(config: ImageConfig, wanted: Platform): ImageFields {
  const { architecture, os, variant, author } = config;
  return {
    architecture: architecture === '' ? wanted.architecture : architecture,
    os: os === '' ? wanted.os : os,
    ...(variant === undefined ? {} : { variant }),
    ...(author === undefined || author === null || author === '' ? {} : { author }),
    ...(config['os.version'] === undefined ? {} : { 'os.version': config['os.version'] }),
    ...(config['os.features'] === undefined ? {} : { 'os.features': config['os.features'] }),
  };
}

function platformFields(platform: Platform): ImageFields {
  const { architecture, os, variant } = platform;
  return { architecture, os, ...(variant === undefined ? {} : { variant }) };
}

function withPath(config: ContainerConfig): ContainerConfig {
  const entries = config.Env ?? [];
  const hasPath = entries.some((entry) => splitEntry(entry)[0] === 'PATH');
  return hasPath ? config : { ...config, Env: [...entries, `PATH=${DEFAULT_PATH}`] };
}
