import { type SecureContext } from 'node:tls';
import { guardedLookup, type Reach } from './destination-guard.ts';
import { MAX_HEADER_BYTES, type Timeouts } from './limits.ts';
import { secureContextOf, type TlsMaterial } from './tls-material.ts';
import { Agent, ProxyAgent, type Dispatcher } from './undici.ts';

/** What must be equal for two requests to share connections. */
interface Route {
  readonly proxy: string | undefined;
  readonly verifyTls: boolean;
  readonly reach: Reach;
  readonly material: TlsMaterial;
  /** Of the proxy itself, where it is reached by https. */
  readonly proxyMaterial: TlsMaterial;
}

export interface Dispatchers {
  /** The pool of connections for a route; made at first use. */
  of(route: Route): Dispatcher;
  close(): Promise<void>;
}

/** Pools of HTTP/1.1 connections, one for each route. */
export function createDispatchers(timeouts: Timeouts): Dispatchers {
  const pools = new Map<string, Dispatcher>();
  const numbers = new Map<TlsMaterial, number>();
  const contexts = new Map<TlsMaterial, SecureContext | undefined>();
  const numberOf = (material: TlsMaterial): number => {
    const number = numbers.get(material) ?? numbers.size;
    numbers.set(material, number);
    return number;
  };
  const contextOf = (material: TlsMaterial): SecureContext | undefined => {
    if (!contexts.has(material)) contexts.set(material, secureContextOf(material));
    return contexts.get(material);
  };
  return {
    of(route) {
      const { proxy, verifyTls, reach, material, proxyMaterial } = route;
      const trust = [numberOf(material), numberOf(proxyMaterial)];
      const key = JSON.stringify([proxy, verifyTls, reach, trust]);
      const pool = pools.get(key) ?? createPool(route, timeouts, contextOf);
      pools.set(key, pool);
      return pool;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

function createPool(
  { proxy, verifyTls, reach, material, proxyMaterial }: Route,
  { connectMs, bodyMs }: Timeouts,
  contextOf: (material: TlsMaterial) => SecureContext | undefined,
): Dispatcher {
  const tls = { rejectUnauthorized: verifyTls, ...withContext(contextOf(material)) };
  const common = {
    allowH2: false,
    bodyTimeout: bodyMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectTimeout: connectMs,
  };
  // Behind a proxy names are resolved by the proxy, so there is nothing to guard here.
  if (proxy !== undefined) {
    const proxyTls = withContext(contextOf(proxyMaterial));
    return new ProxyAgent({ ...common, uri: proxy, requestTls: tls, proxyTls });
  }
  const lookup = reach === 'anywhere' ? {} : { lookup: guardedLookup(reach) };
  return new Agent({ ...common, connect: { ...tls, ...lookup, timeout: connectMs } });
}

function withContext(secureContext: SecureContext | undefined): { secureContext?: SecureContext } {
  return secureContext === undefined ? {} : { secureContext };
}
