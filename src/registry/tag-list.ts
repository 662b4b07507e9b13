import { z } from 'zod';
import { type HttpResponse } from '../http/index.ts';
import { registryFailure, type Attempt } from './failure.ts';

const PAGE = 1000;
/** No list is followed for longer: what comes after it is not seen. */
const MOST_PAGES = 50;
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

const TagList = z.object({ tags: z.array(z.string()).nullish() });

/**
 * The tags of a repository behind a name (distribution-spec, "Listing Tags"); registries that do not sort or do not know
 * `last` give others too. Undefined where the registry does not list tags, or not for us.
 */
export async function listTags(
  attempt: Attempt,
  after: string,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { connection, repository } = attempt;
  const found: string[] = [];
  let target = `/v2/${repository}/tags/list?n=${PAGE}&last=${encodeURIComponent(after)}`;
  for (let page = 0; page < MOST_PAGES; page++) {
    const response = await connection.send({ method: 'GET', target, buffer: MAX_PAGE_BYTES, scopes, signal });
    if (response.status >= 500) throw await registryFailure(response, attempt);
    const tags = response.status === 200 ? tagsIn(await response.text(MAX_PAGE_BYTES)) : undefined;
    if (tags === undefined) {
      await response.discard();
      return undefined;
    }
    found.push(...tags);
    const next = nextPage(response);
    if (next === undefined) break;
    target = next;
  }
  return found;
}

function tagsIn(text: string): readonly string[] | undefined {
  try {
    const list = TagList.safeParse(JSON.parse(text));
    return list.success ? (list.data.tags ?? []) : undefined;
  } catch {
    return undefined;
  }
}

/** The address in `Link: <…>; rel="next"` (RFC 8288) as a path of the same registry; others are not followed. */
function nextPage(response: HttpResponse): string | undefined {
  const [, target = ''] = /^\s*<([^>]*)>\s*;\s*rel="?next"?/i.exec(response.header('link') ?? '') ?? [];
  if (target === '' || !URL.canParse(target, response.url)) return undefined;
  const { pathname, search } = new URL(target, response.url);
  return pathname.startsWith('/v2/') ? pathname + search : undefined;
}
