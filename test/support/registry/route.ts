/** What a request is about. */
export type Step =
  | 'ping'
  | 'token'
  | 'tags'
  | 'manifest-get'
  | 'manifest-head'
  | 'manifest-put'
  | 'manifest-delete'
  | 'blob-get'
  | 'blob-head'
  | 'blob-delete'
  | 'upload-start'
  | 'upload-mount'
  | 'upload-patch'
  | 'upload-put'
  | 'upload-status'
  | 'upload-delete'
  | 'unknown';

export interface Route {
  readonly step: Step;
  readonly repository: string;
  /** Tag, digest or upload ID. */
  readonly name: string;
}

/** A request as it came; `body` counts the bytes received. */
export interface LoggedRequest extends Route {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  body: number;
  /** The answer's status, once there is one. */
  status: number | undefined;
}

export function routeOf(method: string, url: URL): Route {
  const path = url.pathname;
  if (path === '/v2/' || path === '/v2') return { step: 'ping', repository: '', name: '' };
  if (path === '/token') return { step: 'token', repository: '', name: '' };
  const [, repository = '', kind = '', name = ''] =
    /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags)\/([^/]*)$/.exec(path) ?? [];
  return { step: stepOf(method, kind, name, url), repository, name };
}

function stepOf(method: string, kind: string, name: string, url: URL): Step {
  const verb = method.toLowerCase();
  if (kind === 'tags' && name === 'list') return 'tags';
  if (kind === 'manifests' || kind === 'blobs') {
    const step = `${kind.slice(0, -1)}-${verb}`;
    return isStep(step) ? step : 'unknown';
  }
  if (kind !== 'blobs/uploads') return 'unknown';
  if (verb === 'post') return url.searchParams.has('mount') ? 'upload-mount' : 'upload-start';
  if (verb === 'get') return 'upload-status';
  const step = `upload-${verb}`;
  return isStep(step) ? step : 'unknown';
}

const STEPS = new Set([
  'manifest-get',
  'manifest-head',
  'manifest-put',
  'manifest-delete',
  'blob-get',
  'blob-head',
  'blob-delete',
  'upload-patch',
  'upload-put',
  'upload-delete',
]);

function isStep(text: string): text is Step {
  return STEPS.has(text);
}
