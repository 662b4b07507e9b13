import { z } from 'zod';
import { DigestField } from './descriptor.ts';

const strings = z.array(z.string()).nullish();
const set = z.record(z.string(), z.looseObject({})).nullish();

/** Docker's HEALTHCHECK record; durations in nanoseconds. */
export const Healthcheck = z.looseObject({
  Test: strings,
  Interval: z.number().optional(),
  Timeout: z.number().optional(),
  StartPeriod: z.number().optional(),
  StartInterval: z.number().optional(),
  Retries: z.number().optional(),
});
export type Healthcheck = z.infer<typeof Healthcheck>;

/** image-spec config.md `config` object with Docker's additions; null and absent are the same. */
export const ContainerConfig = z.looseObject({
  User: z.string().nullish(),
  ExposedPorts: set,
  Env: strings,
  Entrypoint: strings,
  Cmd: strings,
  ArgsEscaped: z.boolean().nullish(),
  Volumes: set,
  WorkingDir: z.string().nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  StopSignal: z.string().nullish(),
  Shell: strings,
  OnBuild: strings,
  Healthcheck: Healthcheck.nullish(),
});
export type ContainerConfig = z.infer<typeof ContainerConfig>;

export const HistoryEntry = z.looseObject({
  created: z.string().optional(),
  created_by: z.string().optional(),
  author: z.string().optional(),
  comment: z.string().optional(),
  empty_layer: z.boolean().optional(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** image-spec config.md. Base images in the wild leave fields out; unknown fields survive. */
export const ImageConfig = z.looseObject({
  created: z.string().nullish(),
  author: z.string().nullish(),
  architecture: z.string().default(''),
  os: z.string().default('linux'),
  variant: z.string().optional(),
  config: ContainerConfig.nullish(),
  rootfs: z.looseObject({ type: z.literal('layers'), diff_ids: z.array(DigestField).nullish() }).optional(),
  history: z.array(HistoryEntry).nullish(),
});
export type ImageConfig = z.infer<typeof ImageConfig>;
