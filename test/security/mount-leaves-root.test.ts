import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type BuildSite, type SiteBuild } from '../support/build-site.ts';
import { titled } from '../support/e2e/requirements.ts';
import { failure } from '../support/planning.ts';
import { usableIsolation } from '../support/usable-isolation.ts';

const usable = await usableIsolation();

const WAYS = [
  ['mountns', 'overlay'],
  ['mountns', 'scan'],
  ['userns-single', 'overlay'],
] as const;

describe.each(WAYS)('mounts that try to leave the root, under %s by %s', (isolation, snapshotter) => {
  const reason = usable(isolation, snapshotter);

  describe.skipIf(reason !== undefined)(titled('builds', reason), () => {
    let site: BuildSite;
    /** A directory of the machine that no build may see or change. */
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    beforeAll(async () => {
      writeFileSync(join(outside, 'canary'), 'host canary');
      mkdirSync(join(outside, 'empty'));
      writeFileSync(join(outside, 'hosts'), '');
      site = await openSite();
    });
    afterAll(async () => {
      expect(readdirSync(outside).sort()).toEqual(['canary', 'empty', 'hosts']);
      rmSync(outside, { recursive: true });
      await site.close();
    });
    const build = (dockerfile: string, given: SiteBuild = {}) =>
      site.built(dockerfile, { isolation, ...given, spec: { snapshotter } });

    it('finds no source outside by .. or by an absolute path (CVE-2024-1753)', async () => {
      for (const source of [`../../../../../..${outside}/canary`, `${outside}/canary`]) {
        const error = await failure(build(`FROM base\nRUN --mount=source=${source},target=/x cat /x`));
        expect(error.code).toBe('CONTEXT');
      }
    });

    it('follows no link of the context, a stage or a cache outside (CVE-2024-1753, CVE-2024-9675)', async () => {
      const files = { link: `-> ${outside}`, up: `-> ../../../../../../../..${outside}` };
      for (const mount of ['source=link', 'source=up', 'source=link/canary']) {
        const error = await failure(
          build(`FROM base\nRUN --mount=${mount},target=/x cat /x/canary`, { files }),
        );
        expect(error.code).toBe('CONTEXT');
      }
      const stage = `FROM base AS s\nRUN ln -s ${outside} /link\nFROM base\n`;
      expect(
        (await failure(build(`${stage}RUN --mount=from=s,source=link,target=/x cat /x/canary`))).code,
      ).toBe('FILESYSTEM');
      const cache = 'RUN --mount=type=cache,id=c';
      const planted = `FROM base\n${cache},target=/c ln -s ${outside} /c/link\n`;
      expect((await failure(build(`${planted}${cache},source=link,target=/x cat /x/canary`))).code).toBe(
        'FILESYSTEM',
      );
    });

    it('takes no cache out of its place by its id (CVE-2024-9675)', async () => {
      const { read } = await build(
        `FROM base\nRUN --mount=type=cache,id=../../../../../../../..${outside},target=/c ls /c >/out; touch /c/new`,
      );
      expect(read('/out')).toBe('');
      expect(existsSync(join(outside, 'new'))).toBe(false);
    });

    it('mounts on what links lead to inside the root, also links in a cache', async () => {
      const { layers } = await build(
        `FROM base
RUN --mount=type=cache,target=/c ln -s ${outside} /c/link
RUN ln -s ${outside} /link
RUN --mount=type=tmpfs,target=/link echo x >${outside}/file
RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/c/link/sub echo x >${outside}/sub/file && echo done >/out`,
      );
      expect(layers.at(-1)).toEqual(['out']);
    });

    it('tidies up nothing but its own mount points (CVE-2024-23652)', async () => {
      const { files } = await build(
        `FROM base
RUN mkdir -p /there/empty && touch /there/file
RUN --mount=type=tmpfs,target=/there/empty --mount=source=f,target=/there/file true
RUN --mount=type=tmpfs,target=/made/empty mv /made /moved; ln -s ${outside} /made; mv /etc /etc2 && ln -s ${outside} /etc; :`,
        { files: { f: '' } },
      );
      expect([files.get('/there/empty')?.type, files.get('/there/file')?.type]).toEqual([
        'directory',
        'file',
      ]);
      expect(existsSync(join(outside, 'empty')) && existsSync(join(outside, 'hosts'))).toBe(true);
    });

    it('leaves the context as it is, whatever a RUN writes', async () => {
      const { read } = await build(
        `FROM base
RUN --mount=target=/x,rw echo changed >/x/f; rm /x/g
RUN --mount=target=/x,rw ln /x/f /x/h; echo changed >/x/h
RUN --mount=target=/x (cat /x/f /x/g) >/out`,
        { files: { f: 'F\n', g: 'G\n' } },
      );
      expect(read('/out')).toBe('F\nG\n');
    });
  });
});
