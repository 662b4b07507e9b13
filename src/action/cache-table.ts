import { abbreviate, formatBytes, formatDuration } from '../report/index.ts';
import { cacheSummary, type CacheOutcome, type CacheReport } from '../request/index.ts';
import { escapeHtml, htmlTable } from './html.ts';

/** A summary may have 1 MiB for the whole step; nobody reads further than this. */
const MOST_STEPS = 200;
const WIDTH = 120;
const HEAD = ['Step', 'Cache', 'Time', 'Layer', 'What changed'];

/** What the layer cache did for a build, as HTML; empty for a build without one. */
export function cacheTable(report: CacheReport | undefined): string {
  if (report === undefined) return '';
  const { hits, steps, savedBytes, savedMilliseconds, fetched } = cacheSummary(report);
  const saved = `${formatBytes(savedBytes)} and ${formatDuration(savedMilliseconds)} saved`;
  const loaded = `${formatBytes(fetched.bases)} of base images and ${formatBytes(fetched.cache)} of the cache fetched`;
  const left = steps.length - MOST_STEPS;
  const more = left > 0 ? `<p>and ${left} more steps</p>\n` : '';
  const title = `<h3>Layer cache: ${hits} of ${steps.length} steps, ${saved}</h3>\n`;
  return `${title}<p>${loaded}</p>\n${htmlTable(HEAD, steps.slice(0, MOST_STEPS).map(rowOf))}${more}`;
}

function rowOf({ name, platform, hit, milliseconds, bytes, changed = [] }: CacheOutcome): string[] {
  const step = platform === undefined ? name : `${platform} ${name}`;
  return [
    escapeHtml(abbreviate(step, WIDTH)),
    hit ? 'hit' : 'miss',
    `${formatDuration(milliseconds)}${hit ? ' saved' : ''}`,
    hit ? formatBytes(bytes) : '',
    escapeHtml(abbreviate(changed.join(', '), WIDTH)),
  ];
}
