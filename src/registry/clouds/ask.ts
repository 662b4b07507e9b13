import { type z } from 'zod';
import { BuildError } from '../../errors/index.ts';
import { withRetries, type HttpRequest, type HttpResponse } from '../../http/index.ts';
import { foreignText } from '../foreign-text.ts';
import { type CloudTools } from './cloud-tools.ts';

const MAX_ANSWER_BYTES = 256 * 1024;
const TIMEOUT_MS = 30_000;
/** Metadata services are on the machine's own link. Where there is none, nothing answers at all. */
const METADATA_TIMEOUT_MS = 2_000;

export interface CloudQuestion {
  /** Who is asked for what, for messages. */
  readonly what: string;
  readonly request: HttpRequest;
  /** It goes to a metadata service: straight, and not again. */
  readonly metadata?: boolean | undefined;
}

/**
 * The body of the answer with status 200 (or 201). No redirect is followed: questions hold secrets. Throws REGISTRY_AUTH
 * for any other status and where no answer comes in time, NETWORK, CANCELLED.
 */
export async function ask(
  { what, request, metadata = false }: CloudQuestion,
  { http, waiting, secrets }: CloudTools,
  signal?: AbortSignal,
): Promise<string> {
  const limitMs = metadata ? METADATA_TIMEOUT_MS : TIMEOUT_MS;
  const limit = AbortSignal.timeout(limitMs);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const proxy = metadata ? 'none' : undefined;
  const send = (): Promise<HttpResponse> =>
    http.request({ ...request, redirects: 'manual', signal: either, proxy });
  try {
    const response = await (metadata ? send() : withRetries(send, { waiting, signal: either }));
    const body = await response.text(MAX_ANSWER_BYTES);
    if (response.status === 200 || response.status === 201) return body;
    const said = foreignText(secrets.hide(body));
    throw failed(what, `status ${response.status}${said === '' ? '' : `: ${said}`}`);
  } catch (error) {
    if (limit.aborted && signal?.aborted !== true) throw failed(what, `no answer within ${limitMs / 1000} s`);
    throw error;
  }
}

/** The answer as JSON of this shape. Throws as ask does, and REGISTRY_AUTH for any other answer. */
export async function askJson<T>(
  question: CloudQuestion & { readonly shape: z.ZodType<T> },
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<T> {
  return readJson(question.what, await ask(question, tools, signal), question.shape);
}

/** The text as JSON of this shape. Throws REGISTRY_AUTH that says nothing of the content: it holds secrets. */
export function readJson<T>(what: string, text: string, shape: z.ZodType<T>): T {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw failed(what, 'it is no JSON');
  }
  const parsed = shape.safeParse(data);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.map(String).join('.') || 'the whole');
  throw failed(what, `wrong: ${[...new Set(fields)].join(', ')}`);
}

/** REGISTRY_AUTH: a cloud did not give what it was asked for. */
export function failed(what: string, why: string): BuildError {
  return new BuildError('REGISTRY_AUTH', `${what}: ${why}`);
}
