import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeBusyboxRoot, noBusybox } from '../busybox-root.ts';
import { cached } from './cache.ts';
import { succeed } from './execute.ts';
import { missing } from './requirements.ts';

/** Why no busybox image can be made here; undefined where one can. */
export function noBusyboxBase(): string | undefined {
  return missing({ tools: ['tar', 'umoci'] }) ?? noBusybox();
}

/** An OCI layout with static busybox alone as `busybox`, made by tar and umoci. Everything in it is root's. */
export function busyboxLayout(): Promise<string> {
  return cached('busybox', async (directory) => {
    const [root, layer] = [join(directory, 'root'), join(directory, 'layer.tar')];
    const image = `${join(directory, 'layout')}:busybox`;
    mkdirSync(root);
    makeBusyboxRoot(root);
    await succeed('tar', [
      ...['--create', '--file', layer, '--numeric-owner', '--owner=0', '--group=0', '--sort=name'],
      ...['-C', root, '.'],
    ]);
    await succeed('umoci', ['init', '--layout', join(directory, 'layout')]);
    await succeed('umoci', ['new', '--image', image]);
    await succeed('umoci', ['raw', 'add-layer', '--image', image, layer]);
    await succeed('umoci', ['config', '--image', image, '--config.cmd', 'sh']);
    for (const path of [root, layer]) rmSync(path, { recursive: true });
    chmodSync(directory, 0o755);
  });
}
