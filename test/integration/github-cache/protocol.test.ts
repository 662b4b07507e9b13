import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as actionsCache from '@actions/cache';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  runtimeToken,
  startAzurite,
  startGithubCache,
  type Azurite,
  type GithubCache,
} from '../../support/github-cache/index.ts';
import { jobsOf, restore, save, stepOf } from '../../support/github-cache/github-stores.ts';

const MIB = 1024 * 1024;
const storages = ['fake', 'azurite'] as const;

let azurite: Azurite | undefined;
let fake: GithubCache;
let workspace: string;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'ts-kaniko-protocol-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.close();
  rmSync(workspace, { recursive: true });
});

async function start(storage: (typeof storages)[number], skip: (why: string) => void): Promise<void> {
  if (storage === 'azurite' && azurite === undefined) skip('azurite could not be installed with npm');
  fake = await startGithubCache(storage === 'azurite' && azurite !== undefined ? { storage: azurite } : {});
  const env = {
    ACTIONS_RESULTS_URL: fake.url,
    ACTIONS_RUNTIME_TOKEN: runtimeToken({ own: 'refs/heads/main' }),
    ACTIONS_CACHE_SERVICE_V2: 'true',
    ACTIONS_CACHE_MODE: '',
    GITHUB_SERVER_URL: '',
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: join(workspace, 'tmp'),
  };
  mkdirSync(env.RUNNER_TEMP);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
}

describe.each(storages)('on %s', (storage) => {
  it('@actions/cache saves and restores what it saved', async ({ skip }) => {
    await start(storage, skip);
    const data = randomBytes(3 * MIB);
    mkdirSync(join(workspace, 'data'));
    writeFileSync(join(workspace, 'data/file'), data);
    vi.spyOn(process, 'cwd').mockReturnValue(workspace);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const paths = [join(workspace, 'data')];
    expect(await actionsCache.saveCache(paths, 'layers-1')).toBeGreaterThan(0);
    expect(await actionsCache.saveCache(paths, 'layers-1')).toBe(-1);
    rmSync(join(workspace, 'data'), { recursive: true });
    expect(await actionsCache.restoreCache(paths, 'layers-2', ['layers-'])).toBe('layers-1');
    expect(readFileSync(join(workspace, 'data/file')).equals(data)).toBe(true);
    expect(await actionsCache.restoreCache(paths, 'none', [])).toBeUndefined();
    vi.restoreAllMocks();
  });

  it.for([1, 8 * MIB, 20 * MIB + 3])('this client saves and restores %i bytes', async (size, { skip }) => {
    await start(storage, skip);
    const jobs = jobsOf(fake);
    const steps = [stepOf('run', randomBytes(size)), stepOf('copy', randomBytes(100))];
    expect(await save(jobs.open(), ...steps)).toMatchObject({ saved: 2, faults: [] });
    const cache = jobs.open();
    for (const step of steps) expect((await restore(cache, step))?.equals(step.bytes)).toBe(true);
    await jobs.close();
  });
});
