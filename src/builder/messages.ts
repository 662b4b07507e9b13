import { z } from 'zod';
import { Descriptor, ImageConfig, Platform } from '../oci/index.ts';
import { CacheKey, CacheRecord, KeyPart, StepRecord } from '../cache/index.ts';
import type { BuildSpec, CacheOutcome, NamedContext, RunOptions } from '../request/index.ts';
import type { ForeseenStep, RootSettings } from '../build/index.ts';

/** Both ends are of one release; a mismatch means a half-replaced installation and ends the build at once. */
export const PROTOCOL_VERSION = 1;

const strings = z.record(z.string(), z.string());

const Location = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  endLine: z.number(),
  excerpt: z.string().optional(),
});

/** A BuildError on its way between processes. */
export const ErrorMessage = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  location: Location.optional(),
  exitStatus: z.number().optional(),
  /** Messages of the causes, outermost first. */
  causes: z.array(z.string()),
});
export type ErrorMessage = z.infer<typeof ErrorMessage>;

const Run = z.object({
  network: z.enum(['default', 'host', 'none']).optional(),
  extraHosts: z
    .array(z.object({ host: z.string(), address: z.string() }))
    .readonly()
    .optional(),
  shmBytes: z.number().optional(),
  limits: z
    .array(z.object({ name: z.string(), soft: z.string(), hard: z.string() }))
    .readonly()
    .optional(),
  cacheMounts: z.string().optional(),
  keepsCacheMounts: z.boolean().optional(),
}) satisfies z.ZodType<RunOptions>;

const Named = z.discriminatedUnion('kind', [
  z.object({ name: z.string(), kind: z.literal('directory'), path: z.string() }),
  z.object({ name: z.string(), kind: z.literal('image'), reference: z.string() }),
  z.object({ name: z.string(), kind: z.literal('layout') }),
]) satisfies z.ZodType<NamedContext>;

const Spec = z.object({
  context: z.object({ kind: z.literal('directory'), path: z.string() }),
  dockerfile: z.string(),
  dockerfileName: z.string().optional(),
  contexts: z.array(Named).readonly().optional(),
  target: z.string().optional(),
  otherTargets: z.array(z.string()).readonly().optional(),
  buildArgs: strings,
  labels: strings,
  platform: Platform,
  buildPlatform: Platform,
  sourceDateEpoch: z.number().optional(),
  reproducible: z.boolean(),
  singleSnapshot: z.boolean(),
  strictOwnership: z.boolean().optional(),
  compression: z.object({ kind: z.enum(['none', 'gzip', 'zstd']), level: z.number().optional() }).optional(),
  sparesMemory: z.boolean().optional(),
  ignorePaths: z.array(z.string()).readonly(),
  snapshotter: z.enum(['auto', 'overlay', 'scan']),
  run: Run.optional(),
}) satisfies z.ZodType<BuildSpec>;

const Settings = z.object({
  scratch: z.string(),
  snapshotter: z.enum(['overlay', 'scan', 'index']),
  userxattr: z.boolean(),
  ownership: z.enum(['disk', 'ledger']),
  ignorePaths: z.array(z.string()).readonly(),
  cacheMounts: z.string().optional(),
  keepsCacheMounts: z.boolean().optional(),
  takeover: z.object({ kept: z.array(z.string()).readonly(), journal: z.string() }).optional(),
}) satisfies z.ZodType<RootSettings>;

/** What is known of a step before it is carried out. */
const Foreseen = z.object({
  name: z.string(),
  parts: z.array(KeyPart).readonly(),
  dockerfile: z.string(),
  seen: z.string().optional(),
  from: KeyPart.optional(),
  linked: z.boolean(),
  use: z.object({ take: z.boolean(), keep: z.boolean() }),
  key: CacheKey.optional(),
  record: StepRecord.optional(),
}) satisfies z.ZodType<ForeseenStep>;

/** All the inner process is told: no credential but the secrets that RUN is meant to have. */
export const Job = z.object({
  spec: Spec,
  settings: Settings,
  /** Directory of trees and temporary files, by its name in the scratch directory. */
  trees: z.string(),
  /** Whether RUN can have a proc file system of its own. */
  ownProc: z.boolean(),
  /** How the only user there is passes for others. */
  oneUser: z.object({ strace: z.string().optional() }).optional(),
  /** What runs RUN where there are no namespaces. */
  proot: z
    .object({ path: z.string(), unfiltered: z.boolean(), ownTemporary: z.boolean(), records: z.boolean() })
    .optional(),
  /** PATH of the machine, where the sandbox's own programs are looked up. */
  path: z.string(),
  /** By id, in base64. They are told through a pipe and written nowhere. */
  secrets: strings,
  /** Sockets of agents by id. */
  sshAgents: strings,
  /** What the cache has; absent where the build is without one. */
  cache: z
    .object({
      keeps: z.boolean(),
      steps: z.array(z.tuple([z.number(), z.number(), Foreseen]).readonly()).readonly(),
    })
    .optional(),
  /** Why RUN cannot be executed on this machine, where that is so. */
  noRun: ErrorMessage.optional(),
});
export type Job = z.infer<typeof Job>;

/** From the process with the network to the one that builds. */
export const ToBuilder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), version: z.literal(PROTOCOL_VERSION), job: Job }),
  z.object({ type: z.literal('answer'), id: z.number(), value: z.unknown() }),
  z.object({ type: z.literal('refusal'), id: z.number(), error: ErrorMessage }),
  z.object({ type: z.literal('cancel') }),
]);
export type ToBuilder = z.infer<typeof ToBuilder>;

const Layer = z.object({ descriptor: Descriptor, diffId: Descriptor.shape.digest });
const BuiltLayer = Layer.extend({ createdBy: z.string().optional(), reused: z.boolean() });
export const BaseImageMessage = z.object({ name: z.string(), config: ImageConfig, layers: z.array(Layer) });
export const DownloadMessage = z.object({
  path: z.string(),
  size: z.number(),
  lastModified: z.number().optional(),
  digest: Descriptor.shape.digest,
});

export const RecordsMessage = z.array(CacheRecord);
export const RepositoryMessage = z.object({ path: z.string(), commit: z.string() });

/** What the building process asks for: everything that needs the network. */
export const Call = z.discriminatedUnion('method', [
  z.object({ method: z.literal('resolve'), reference: z.string(), platform: Platform }),
  z.object({ method: z.literal('resolve-layout'), context: z.string(), platform: Platform }),
  z.object({ method: z.literal('fetch'), layer: Layer }),
  z.object({ method: z.literal('download'), url: z.string(), checksum: z.string().optional() }),
  z.object({ method: z.literal('cache-lookup'), keys: z.array(CacheKey).readonly() }),
  z.object({ method: z.literal('cache-fetch'), blob: Descriptor }),
  z.object({ method: z.literal('cache-keep'), record: CacheRecord }),
  z.object({ method: z.literal('cache-outdated'), steps: z.array(z.string()).readonly() }),
  z.object({
    method: z.literal('git'),
    url: z.string(),
    keepGitDir: z.boolean(),
    checksum: z.string().optional(),
  }),
]);
export type Call = z.infer<typeof Call>;

const Step = z.object({
  stage: z.string(),
  index: z.number(),
  total: z.number(),
  text: z.string(),
  line: z.number(),
});
const Outcome = z.object({
  milliseconds: z.number(),
  state: z.enum(['done', 'failed', 'cached']),
  layerBytes: z.number().optional(),
});

/** What the building process tells. */
export const Report = z.discriminatedUnion('what', [
  z.object({ what: z.literal('debug'), message: z.string() }),
  z.object({ what: z.literal('info'), message: z.string() }),
  z.object({ what: z.literal('warn'), message: z.string(), location: Location.optional() }),
  z.object({ what: z.literal('stepStarted'), step: Step }),
  z.object({
    what: z.literal('stepOutput'),
    step: Step,
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  }),
  z.object({ what: z.literal('stepFinished'), step: Step, outcome: Outcome }),
]);
export type Report = z.infer<typeof Report>;

/** What became of a step. */
const StepOutcome = z.object({
  name: z.string(),
  hit: z.boolean(),
  milliseconds: z.number(),
  bytes: z.number(),
}) satisfies z.ZodType<CacheOutcome>;

export const Built = z.object({
  outcomes: z.array(StepOutcome).readonly(),
  config: ImageConfig,
  layers: z.array(BuiltLayer).readonly(),
  warnings: z.array(z.string()).readonly(),
});

/** From the process that builds to the one with the network. */
export const FromBuilder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id: z.number(), call: Call }),
  z.object({ type: z.literal('report'), report: Report }),
  z.object({ type: z.literal('built'), image: Built }),
  z.object({ type: z.literal('failed'), error: ErrorMessage }),
]);
export type FromBuilder = z.infer<typeof FromBuilder>;
