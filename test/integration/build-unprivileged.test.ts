import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type BuildSite } from '../support/build-site.ts';
import type { Executed, Ids } from '../support/e2e/execute.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { makeWorkplace } from '../support/e2e/workplace.ts';

/** Somebody without any right. */
const NOBODY: Ids = { uid: 65_534, gid: 65_534 };
const reason = missing({ root: true });

let site: BuildSite;
let program: Program;
beforeAll(async () => {
  site = await openSite();
  program = installProgram();
});
afterAll(async () => {
  program?.remove();
  await site?.close();
});

let builds = 0;

/** Builds without isolation as somebody without rights; tells where it was pushed. */
async function build(dockerfile: string): Promise<Executed & { readonly reference: string }> {
  const reference = `${site.registry.host}/none/${builds++}:1`;
  const place = makeWorkplace({ Dockerfile: dockerfile.replaceAll('BASE', site.base), file: 'text' }, NOBODY);
  try {
    chmodSync(place.context, 0o755);
    const words = ['--context', place.context, '--destination', reference, '--isolation=none'];
    const done = await program.cli([...words, '--insecure-registry', site.registry.host], {
      as: NOBODY,
      home: place.home,
      env: { TMPDIR: place.scratch },
    });
    expect(place.leftovers(), done.stderr).toEqual([]);
    return { ...done, reference };
  } finally {
    place.remove();
  }
}

describe.skipIf(reason !== undefined)(
  titled('a build by somebody without any right, isolation none', reason),
  () => {
    it('succeeds without RUN, owners and all', async () => {
      const { status, stderr, reference } = await build(
        [
          'FROM BASE AS files',
          'COPY --chown=1234:5678 --chmod=4755 file /a/file',
          'WORKDIR /made',
          'FROM BASE',
          'COPY --from=files /a /from-stage',
          'COPY --from=BASE /etc/passwd /bin/cat /from-image/',
          'USER nobody',
          'WORKDIR /home/nobody',
          'CMD ["cat"]',
        ].join('\n'),
      );
      expect(status, stderr).toBe(0);
      const { stat, read } = await site.open(reference);
      expect(read('/from-stage/file')).toBe('text');
      expect(stat('/from-stage/file')).toBe('file 4755 1234:5678');
      expect(read('/from-image/passwd')).toContain('nobody:x:65534');
      expect(stat('/from-image/cat')).toBe('file 755 0:0');
      expect(stat('/home/nobody')).toBe('directory 755 65534:65534');
    });

    it('gives the same image as root has', async () => {
      const dockerfile =
        'FROM BASE\nARG SOURCE_DATE_EPOCH=0\nCOPY --from=BASE /bin /b\nCOPY --chown=9:9 <<E /e\nx\nE';
      const { status, stderr, reference } = await build(dockerfile);
      expect(status, stderr).toBe(0);
      const asRoot = await site.built(dockerfile.replaceAll('BASE', 'base'));
      expect((await site.open(reference)).layers).toEqual(asRoot.layers);
    });

    it('refuses the first RUN with all that was tried, and pushes nothing', async () => {
      const { status, stderr, reference } = await build('FROM BASE\nCOPY file /file\nRUN echo never');
      expect(stderr).toContain('Dockerfile:3');
      expect(stderr).toMatch(/RUN/);
      expect(stderr).toContain('none');
      expect(status).toBe(71);
      await expect(site.open(reference)).rejects.toThrow();
    });
  },
);
