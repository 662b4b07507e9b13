import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { guardedLookup, type Reach } from './destination-guard.ts';
import { BODY_TIMEOUT_MS, MAX_HEADER_BYTES } from './limits.ts';

/** What must be equal for two requests to share connections. */
interface Route {
  readonly proxy: string | undefined;
  readonly verifyTls: boolean;
  readonly reach: Reach;
}

export interface Dispatchers {
  /** The pool of connections for a route; made at first use. */
  of(route: Route): Dispatcher;
  close(): Promise<void>;
}

/** Pools of HTTP/1.1 connections, one for each route. */
export function createDispatchers(connectTimeoutMs: number): Dispatchers {
  const pools = new Map<string, Dispatcher>();
  return {
    of(route) {
      const key = JSON.stringify([route.proxy, route.verifyTls, route.reach]);
      const pool = pools.get(key) ?? createPool(route, connectTimeoutMs);
      pools.set(key, pool);
      return pool;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

function createPool({ proxy, verifyTls, reach }: Route, connectTimeoutMs: number): Dispatcher {
  const tls = { rejectUnauthorized: verifyTls };
  const common = {
    allowH2: false,
    bodyTimeout: BODY_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectTimeout: connectTimeoutMs,
  };
  // Behind a proxy names are resolved by the proxy, so there is nothing to guard here.
  if (proxy !== undefined) return new ProxyAgent({ ...common, uri: proxy, requestTls: tls });
  const lookup = reach === 'anywhere' ? {} : { lookup: guardedLookup(reach) };
  return new Agent({ ...common, connect: { ...tls, ...lookup, timeout: connectTimeoutMs } });
}
