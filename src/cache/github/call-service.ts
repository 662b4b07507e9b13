import { z } from 'zod';
import { BuildError, redact } from '../../errors/index.ts';
import { withRetries, type HttpClient, type HttpResponse, type Waiting } from '../../http/index.ts';
import { CALL_TIMEOUT_MS, MAX_ANSWER_BYTES } from './limits.ts';
import { timedRequest } from './timed-request.ts';

const SERVICE = 'twirp/github.actions.results.api.v1.CacheService';

/** Fewer and shorter attempts than for registries: a cache must not hold up a build. */
const RETRIES = { attempts: 3, baseMs: 500, maxMs: 2_000, retryAfterMaxMs: 5_000 };

export type ServiceMethod = 'CreateCacheEntry' | 'FinalizeCacheEntryUpload' | 'GetCacheEntryDownloadURL';

/** Where the service is, and how to speak to it. */
export interface ServiceAccess {
  readonly http: HttpClient;
  /** Its address, with or without a final slash. */
  readonly url: string;
  readonly token: string;
  readonly waiting: Waiting;
}

/** An answer as it came: what it means depends on the method. */
export interface ServiceAnswer {
  readonly status: number;
  readonly fields: z.infer<typeof Fields>;
  /** What the service says went wrong; empty where it says nothing. */
  readonly message: string;
  readonly retryAfter: string | undefined;
}

/** Protobuf's JSON: either spelling of names, and fields with default values may be left out. */
const Fields = z.looseObject({
  ok: z.boolean().optional(),
  code: z.string().optional(),
  msg: z.string().optional(),
  message: z.string().optional(),
  signedUploadUrl: z.string().optional(),
  signed_upload_url: z.string().optional(),
  signedDownloadUrl: z.string().optional(),
  signed_download_url: z.string().optional(),
  matchedKey: z.string().optional(),
  matched_key: z.string().optional(),
});

/**
 * Calls a method of the cache service, version 2: Twirp with JSON. Answers with the status 200, 403, 404, 409 and 429 are
 * returned; all others throw NETWORK, as does no answer in time.
 */
export async function callService(
  access: ServiceAccess,
  method: ServiceMethod,
  body: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<ServiceAnswer> {
  const { http, waiting, token } = access;
  const url = new URL(`${SERVICE}/${method}`, access.url.replace(/\/*$/, '/')).href;
  const request = {
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  };
  return timedRequest(CALL_TIMEOUT_MS, `${method} of the cache service`, signal, async (limited) => {
    const send = (): Promise<HttpResponse> => http.request({ ...request, signal: limited });
    const response = await withRetries(send, { policy: RETRIES, waiting, signal: limited });
    return readAnswer(method, response, token);
  });
}

async function readAnswer(
  method: ServiceMethod,
  response: HttpResponse,
  token: string,
): Promise<ServiceAnswer> {
  const { status } = response;
  const text = await response.text(MAX_ANSWER_BYTES);
  const fields = parseFields(text);
  const message = clean(fields?.msg ?? fields?.message ?? '', token);
  if (status === 200 && fields === undefined)
    throw new BuildError('NETWORK', `${method} of the cache service: the answer makes no sense`);
  if (![200, 403, 404, 409, 429].includes(status))
    throw new BuildError('NETWORK', `${method} of the cache service: status ${status} ${message}`.trim());
  return { status, fields: fields ?? {}, message, retryAfter: response.header('retry-after') };
}

function parseFields(text: string): z.infer<typeof Fields> | undefined {
  try {
    return Fields.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A server may repeat what it was sent. */
function clean(text: string, token: string): string {
  const shown = token === '' ? text : text.replaceAll(token, '***');
  return redact(shown)
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .slice(0, 300);
}
