import type { ContainerConfig, Digest, ImageConfig } from '../oci/index.ts';
import { rowTime, settledHistory } from './history.ts';
import type { StageState } from './stage-state.ts';

/**
 * The image config of a finished stage: the fields BuildKit writes, empty ones left out. `created` is in milliseconds
 * since the epoch; `all` is the time of all rows, where they have one.
 */
export function finalConfig(
  state: StageState,
  diffIds: readonly Digest[],
  labels: Readonly<Record<string, string>>,
  created: number,
  all: string | undefined,
): ImageConfig {
  const { Labels, ...config } = state.config;
  const history = settledHistory(state, rowTime(created));
  const allLabels = { ...Labels, ...labels };
  return {
    ...state.fields,
    created: rowTime(created),
    config: withoutEmpty({ ...config, Labels: allLabels }),
    rootfs: { type: 'layers', diff_ids: [...diffIds] },
    history: all === undefined ? history : history.map((row) => ({ ...row, created: all })),
  };
}

/** Go leaves out what is empty, and an image whose config differs in nothing else must have the same digest. */
function withoutEmpty(config: ContainerConfig): ContainerConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
