import type { HttpClient } from '../../http/index.ts';

/** The same client; `onRequest` is called for every request that is sent. */
export function countingClient(http: HttpClient, onRequest: () => void): HttpClient {
  return {
    request: (request) => {
      onRequest();
      return http.request(request);
    },
    close: () => http.close(),
  };
}
