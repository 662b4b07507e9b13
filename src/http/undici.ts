/**
 * undici without its fetch, caches, web sockets and mocks: a third of it, and of the time it takes to load, which every
 * start of the program would spend. The version is pinned; a test makes requests with and without proxies.
 */
import api from 'undici/lib/api/index.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

// As undici's index does.
Object.assign(Dispatcher.prototype, api);

export { Agent, Dispatcher, ProxyAgent };
