import { abbreviate, formatBytes, formatDuration } from '../report/index.ts';
import { type BuildResult, type ResultLayer } from '../request/index.ts';

const STEP_WIDTH = 60;

/** What a finished build made, as lines for people. */
export function resultLines(result: BuildResult): string[] {
  const { destinations, digest, imageId, layers, milliseconds, tarPath, ociLayoutPath } = result;
  return [
    ...destinations.map((pushed) => row('image', `${pushed.reference}@${pushed.digest}`)),
    ...(tarPath === undefined ? [] : [row('archive', tarPath)]),
    ...(ociLayoutPath === undefined ? [] : [row('layout', ociLayoutPath)]),
    row('digest', digest),
    row('image ID', imageId),
    row('layers', `${layers.length}, ${formatBytes(layers.reduce((sum, layer) => sum + layer.size, 0))}`),
    ...layers.map(layerLine),
    row('time', formatDuration(milliseconds)),
  ];
}

function layerLine({ digest, size, reused, createdBy }: ResultLayer): string {
  const origin = reused ? 'reused' : 'new';
  const step = createdBy === undefined ? '' : abbreviate(createdBy, STEP_WIDTH);
  return `  ${digest}  ${formatBytes(size).padStart(8)}  ${origin.padEnd(6)}  ${step}`.trimEnd();
}

function row(name: string, value: string): string {
  return `${name.padEnd(8)}  ${value}`;
}
