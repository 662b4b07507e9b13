import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../src/builder/sandbox.ts';
import { fromText } from '../../../src/bytes/index.ts';
import { DiskRoot } from '../../../src/rootfs/index.ts';
import { buildSpec } from '../../support/build-spec.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sandbox-of-builder-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the sandbox under proot', () => {
  it('says of every RUN that owners are not recorded, so that --strict-ownership refuses it', async () => {
    const [proot, root] = [join(directory, 'proot'), join(directory, 'root')];
    writeFileSync(proot, '#!/bin/sh\nexit 0\n');
    chmodSync(proot, 0o755);
    mkdirSync(root);
    const sandbox = createSandbox({
      spec: buildSpec(directory),
      trees: directory,
      settings: {
        ...{
          scratch: directory,
          snapshotter: 'scan',
          userxattr: false,
          ownership: 'ledger',
          ignorePaths: [],
        },
      },
      ...{ secrets: {}, sshAgents: {}, ownProc: false, path: process.env['PATH'] ?? '' },
      proot: { path: proot, unfiltered: false, ownTemporary: false, records: false },
    });
    const outcome = await sandbox.run(
      {
        root: { directory: fromText(root), view: new DiskRoot(fromText(root)), put: () => undefined },
        ...{
          args: ['true'],
          env: {},
          workdir: '/',
          user: { uid: 0, gid: 0, groups: [], name: 'root', home: '/root' },
        },
        ...{ network: 'host', mounts: [], secretEnv: {}, onOutput: () => undefined },
      },
      new AbortController().signal,
    );
    expect(outcome).toMatchObject({ exitCode: 0, unrecorded: [expect.stringContaining('proot')] });
    expect(sandbox.mountsWritable).toBe(true);
  });
});
