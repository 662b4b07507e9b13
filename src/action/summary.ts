import { formatPlatform } from '../oci/index.ts';
import { abbreviate, formatBytes, formatDuration, renderError } from '../report/index.ts';
import { type BuildResult } from '../request/index.ts';
import { cacheTable } from './cache-table.ts';
import { escapeHtml, htmlCode, htmlTable } from './html.ts';
import { type RecordedStep } from './step-record.ts';

/** A summary may have 1 MiB for the whole step; nobody reads further than this. */
const MOST_STEPS = 200;
const STEP_WIDTH = 120;
const STATES = { done: 'built', cached: 'cached', failed: 'failed' } as const;

/** The summary of a build that made an image, as HTML. */
export function successSummary(result: BuildResult, steps: readonly RecordedStep[]): string {
  const { destinations, digest, imageId, platforms, layers, milliseconds } = result;
  const bytes = layers.reduce((sum, layer) => sum + layer.size, 0);
  const facts = [
    ...destinations.map(({ reference }) => ['Image', htmlCode(reference)]),
    ['Digest', htmlCode(digest)],
    ['Image ID', htmlCode(imageId)],
    ['Platform', escapeHtml(platforms.map(formatPlatform).join(', '))],
    ['Layers', `${layers.length}, ${formatBytes(bytes)}`],
    ['Time', formatDuration(milliseconds)],
  ];
  return `<h2>Image built</h2>\n${htmlTable([], facts)}${cacheTable(result.cache)}${stepTable(steps)}`;
}

/** The summary of a build that failed, as HTML. */
export function failureSummary(error: unknown, steps: readonly RecordedStep[]): string {
  return `<h2>Image not built</h2>\n\n<pre>${escapeHtml(renderError(error))}</pre>\n\n${stepTable(steps)}`;
}

function stepTable(steps: readonly RecordedStep[]): string {
  if (steps.length === 0) return '';
  const left = steps.length - MOST_STEPS;
  const more = left > 0 ? `<p>and ${left} more steps</p>\n` : '';
  const head = ['Stage', 'Step', 'State', 'Time', 'Layer'];
  return htmlTable(head, steps.slice(0, MOST_STEPS).map(stepRow)) + more;
}

function stepRow({ label, outcome }: RecordedStep): string[] {
  return [
    escapeHtml(abbreviate(label.stage, STEP_WIDTH)),
    htmlCode(abbreviate(label.text, STEP_WIDTH)),
    STATES[outcome.state],
    outcome.state === 'cached' ? '' : formatDuration(outcome.milliseconds),
    outcome.layerBytes === undefined ? '' : formatBytes(outcome.layerBytes),
  ];
}
