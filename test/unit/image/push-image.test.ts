import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore, type BlobSource, type IngestStore } from '../../../src/content/index.ts';
import { BuildError } from '../../../src/errors/index.ts';
import {
  assembleImage,
  pushImage,
  type Image,
  type PushOptions,
  type PushTarget,
} from '../../../src/image/index.ts';
import { digestHex, type Descriptor } from '../../../src/oci/index.ts';
import { silentReporter, type Transfer } from '../../../src/report/index.ts';
import { addLayer, configOf } from '../../support/image-parts.ts';

let from: IngestStore;
let image: Image;
let short: string[];

beforeEach(async () => {
  from = memoryStore();
  const layers = [];
  for (let index = 0; index < 6; index += 1) layers.push(await addLayer(from, 'file', `content ${index}`));
  image = assembleImage({ config: configOf(6), layers });
  short = layers.map(({ descriptor }) => digestHex(descriptor.digest).slice(0, 4));
});

interface Recorder extends PushTarget {
  readonly store: IngestStore;
  /** What happened, in order: `put x`, `mount x repository`, `manifest tag`. */
  readonly events: string[];
  readonly mountable: Set<string>;
}

function recorder(overrides: Partial<PushTarget> = {}): Recorder {
  const store = memoryStore();
  const events: string[] = [];
  const mountable = new Set<string>();
  const nameOf = (descriptor: Descriptor): string =>
    descriptor.digest === image.manifest.config.digest ? 'config' : digestHex(descriptor.digest).slice(0, 4);
  return {
    registry: 'r.example',
    name: 'app',
    store,
    events,
    mountable,
    has: (descriptor) => store.has(descriptor),
    open: (descriptor) => store.open(descriptor),
    put: async (descriptor, content, signal) => {
      await store.put(descriptor, content, signal);
      events.push(`put ${nameOf(descriptor)}`);
    },
    mount: (descriptor, { name }) => {
      events.push(`mount ${nameOf(descriptor)} ${name}`);
      return Promise.resolve(mountable.has(name));
    },
    putManifest: (descriptor, bytes, tag) => {
      expect(descriptor).toEqual(image.descriptor);
      expect(Buffer.from(bytes)).toEqual(image.manifestBytes);
      events.push(`manifest ${tag ?? 'by digest'}`);
      return Promise.resolve();
    },
    ...overrides,
  };
}

const push = (to: PushTarget, options: Partial<PushOptions> = {}, source: BlobSource = from): Promise<void> =>
  pushImage(image, source, to, { tags: ['1', 'latest'], reporter: silentReporter(), ...options });

describe('pushImage', () => {
  it('sends layers, then the config, the manifest by digest, the tags', async () => {
    const to = recorder();
    await push(to);
    expect(to.events.slice(0, 6).sort()).toEqual(short.map((name) => `put ${name}`).sort());
    expect(to.events.slice(6)).toEqual(['put config', 'manifest by digest', 'manifest 1', 'manifest latest']);
  });

  it('sends everything once more where the registry has not what it said it has', async () => {
    const to = recorder({ has: () => Promise.resolve(true) });
    const { putManifest } = to;
    let refused = false;
    const phantom: PushTarget = {
      ...to,
      putManifest: (...args) => {
        if (refused) return putManifest(...args);
        refused = true;
        return Promise.reject(new BuildError('REGISTRY', 'app: manifest failed (MANIFEST_BLOB_UNKNOWN)'));
      },
    };
    await push(phantom);
    expect(to.events.filter((event) => event.startsWith('put '))).toHaveLength(7);
    expect(to.events.at(-1)).toBe('manifest latest');
  });

  it('sets the other tags where one is refused, and tells of each', async () => {
    const told: [string, boolean][] = [];
    const to = recorder();
    const { putManifest } = to;
    const picky: PushTarget = {
      ...to,
      putManifest: (descriptor, bytes, tag) =>
        tag === '1' ? Promise.reject(new Error('no')) : putManifest(descriptor, bytes, tag),
    };
    const onTag = (tag: string, failure: unknown): void => void told.push([tag, failure === undefined]);
    await expect(push(picky, { onTag })).rejects.toThrow('no');
    expect(told).toEqual([
      ['1', false],
      ['latest', true],
    ]);
  });

  it('sends nothing the repository has', async () => {
    const to = recorder();
    await push(to);
    to.events.length = 0;
    const unreadable: BlobSource = {
      open: () => {
        throw new Error('a layer was read');
      },
    };
    await push(to, { tags: ['2'] }, unreadable);
    expect(to.events).toEqual(['manifest by digest', 'manifest 2']);
  });

  it('sends a layer that the image holds twice once', async () => {
    const [layer] = image.layers;
    if (layer === undefined) throw new Error('no layer');
    image = assembleImage({ config: configOf(2), layers: [layer, layer] });
    const to = recorder();
    await push(to, { tags: [] });
    expect(to.events).toEqual([`put ${short[0]}`, 'put config', 'manifest by digest']);
  });

  it('mounts where it can, from the same registry only', async () => {
    const to = recorder();
    to.mountable.add('library/base');
    const candidates = [
      { registry: 'other.example', name: 'library/base' },
      { registry: 'r.example', name: 'app' },
      { registry: 'r.example', name: 'first' },
      { registry: 'r.example', name: 'library/base' },
    ];
    const base = image.layers[0]?.descriptor;
    await push(to, { mountFrom: (layer) => (layer.digest === base?.digest ? candidates : []) });
    expect(to.events.filter((event) => event.includes(`${short[0]}`))).toEqual([
      `mount ${short[0]} first`,
      `mount ${short[0]} library/base`,
    ]);
    expect(to.events.filter((event) => event.startsWith('put'))).toHaveLength(6);
  });

  it('tags nothing where one layer fails, stops the others and waits for those that run', async () => {
    let running = 0;
    const to = recorder({
      put: async (descriptor, content, signal) => {
        running += 1;
        await new Promise(setImmediate);
        running -= 1;
        if (descriptor.digest === image.layers[1]?.descriptor.digest) throw new Error('refused');
        await to.store.put(descriptor, content, signal);
      },
    });
    await expect(push(to)).rejects.toThrow('refused');
    expect(running).toBe(0);
    expect(to.events).toEqual([]);
    expect(await to.has(image.layers[5]?.descriptor as Descriptor)).toBe(false);
  });

  it('tags nothing where the manifest is refused', async () => {
    const tags: (string | undefined)[] = [];
    const to = recorder({
      putManifest: (_descriptor, _bytes, tag) => {
        tags.push(tag);
        return Promise.reject(new Error('denied'));
      },
    });
    await expect(push(to)).rejects.toThrow('denied');
    expect(tags).toEqual([undefined]);
  });

  it('never sends more than four layers at a time', async () => {
    let [running, most] = [0, 0];
    const to = recorder({
      put: async (descriptor, content, signal) => {
        running += 1;
        most = Math.max(most, running);
        for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
        await to.store.put(descriptor, content, signal);
        running -= 1;
      },
    });
    await push(to);
    expect(most).toBe(4);
  });

  it('gives uploads a stream that can be started again', async () => {
    const to = recorder({
      put: async (descriptor, content, signal) => {
        for await (const chunk of content) {
          expect(chunk.length).toBeGreaterThan(0);
          break; // the connection broke
        }
        await to.store.put(descriptor, content, signal);
      },
    });
    await push(to);
    expect(await to.has(image.manifest.config)).toBe(true);
  });

  it('stops where it is cancelled, and tags nothing', async () => {
    const stop = new AbortController();
    const to = recorder({
      put: () => {
        stop.abort();
        return Promise.resolve();
      },
    });
    await expect(push(to, { signal: stop.signal })).rejects.toThrow();
    expect(to.events).toEqual([]);
  });

  it('reports what moved and what did not have to', async () => {
    const to = recorder();
    const [first] = image.layers;
    if (first === undefined) throw new Error('no layer');
    await to.store.put(first.descriptor, from.open(first.descriptor));
    const transfers: Transfer[] = [];
    await push(to, { reporter: { ...silentReporter(), transfer: (transfer) => transfers.push(transfer) } });
    const states = transfers.filter(({ state }) => state !== undefined);
    expect(states.map(({ state }) => state).sort()).toEqual([
      'done',
      'done',
      'done',
      'done',
      'done',
      'reused',
    ]);
    for (const { done, total, direction } of states) {
      expect(done).toBe(total);
      expect(direction).toBe('push');
    }
  });
});
