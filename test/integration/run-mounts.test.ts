import { createServer, type Server } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type BuildSite, type SiteBuild } from '../support/build-site.ts';
import { titled } from '../support/e2e/requirements.ts';
import { usableIsolation } from '../support/usable-isolation.ts';
import { failure } from '../support/planning.ts';

const WAYS = [
  { isolation: 'mountns', snapshotter: 'overlay' },
  { isolation: 'userns-identity', snapshotter: 'scan' },
] as const;
const usable = await usableIsolation();

describe.each(WAYS)('RUN --mount in $isolation with $snapshotter', ({ isolation, snapshotter }) => {
  const reason = usable(isolation, snapshotter);

  describe.skipIf(reason !== undefined)(titled('builds', reason), () => {
    let site: BuildSite;
    beforeAll(async () => {
      site = await openSite();
    });
    afterAll(async () => {
      expect(site.leftovers()).toEqual([]);
      await site.close();
    });

    const built = (dockerfile: string, build: SiteBuild = {}) =>
      site.built(dockerfile, { isolation, ...build, spec: { snapshotter, ...build.spec } });
    const failed = (dockerfile: string, build: SiteBuild = {}) => failure(built(dockerfile, build));

    it('binds the context, a directory of it and a file of it, read-only and without a trace', async () => {
      const { read, layers } = await built(
        `FROM base
WORKDIR /w
RUN --mount=target=/ctx --mount=type=bind,source=sub,target=here --mount=source=sub/f,target=/etc/one \\
  (cat /ctx/top here/f /etc/one; echo x 2>/dev/null >/ctx/new || echo refused; stat -c %u:%g /ctx/top) >/out`,
        { files: { top: 'top\n', 'sub/f': 'f\n' } },
      );
      expect(read('/out')).toBe('top\nf\nf\nrefused\n0:0\n');
      expect(layers.at(-1)).toEqual(['out']);
    });

    it('binds nothing that the ignore file hides, and neither a link that leads to it', async () => {
      const { read } = await built(
        `FROM base
RUN --mount=target=/ctx (cd /ctx; find . 2>/dev/null || ls -R .; cat link 2>&1) >/out; :`,
        {
          files: {
            '.dockerignore': 'secret*\n',
            secret: 'hidden',
            'd/a': 'a',
            'd/secret': '',
            link: '-> secret',
          },
        },
      );
      expect(read('/out')).not.toMatch(/secret\n.*secret\n|hidden/s);
      expect(read('/out')).toContain('a');
      const { code } = await failed('FROM base\nRUN --mount=source=secret,target=/s true', {
        files: { '.dockerignore': 'secret', secret: 'hidden' },
      });
      expect(code).toBe('CONTEXT');
    });

    it('binds writable copies whose changes nobody sees', async () => {
      const { read } = await built(
        `FROM base AS other
RUN mkdir /d && echo stage >/d/f
FROM base
RUN --mount=target=/ctx,rw --mount=from=other,source=/d,target=/d,readwrite --mount=source=top,target=/one,rw \\
  echo changed >/ctx/top; echo changed >/d/f; rm -r /ctx/sub; echo new >/d/g; echo changed >/one; cat /ctx/top /d/f /one >/first
RUN --mount=target=/ctx --mount=from=other,target=/o (cat /ctx/top /ctx/sub/f /o/d/*) >/second`,
        { files: { top: 'top\n', 'sub/f': 'f\n' } },
      );
      expect(read('/first')).toBe('changed\nchanged\nchanged\n');
      expect(read('/second')).toBe('top\nf\nstage\n');
    });

    it('binds stages by name, and images', async () => {
      const { read, layers } = await built(
        `FROM scratch AS files
COPY f /deep/f
FROM base
RUN --mount=from=files,source=deep,target=/a --mount=from=FILES,target=/b --mount=from=base,source=/etc/passwd,target=/p \\
  cat /a/f /b/deep/f /p >/out`,
        { files: { f: 'F\n' } },
      );
      expect(read('/out')).toMatch(/^F\nF\nroot:/);
      expect(layers.at(-1)).toEqual(['out']);
    });

    it('follows links of the image to the target, never out of it', async () => {
      const { read, layers } = await built(
        `FROM base
RUN mkdir /real && ln -s /real /abs && ln -s ../../../../real/sub /esc
RUN --mount=source=f,target=/abs/file --mount=type=tmpfs,target=/esc cat /real/file >/out && echo x >/real/sub/y`,
        { files: { f: 'F\n' } },
      );
      expect(read('/out')).toBe('F\n');
      expect(layers.at(-1)).toEqual(['out']);
    });

    it('mounts below a directory that an earlier step removed and made again', async () => {
      const { read, layers } = await built(
        `FROM base
RUN mkdir -p /app/cache /app/x && echo old >/app/cache/old
RUN rm -r /app && mkdir -m 700 /app
RUN --mount=type=tmpfs,target=/app/cache ls /app/cache >/out && stat -c %a /app >>/out`,
      );
      expect(read('/out')).toBe('700\n');
      expect(layers.at(-1)).toEqual(['out']);
    });

    it('mounts within mounts', async () => {
      const { read, layers } = await built(
        `FROM base
WORKDIR /src
RUN --mount=target=.,rw --mount=type=cache,target=node_modules --mount=type=tmpfs,target=/t \\
  --mount=source=f,target=/t/a/f --mount=type=tmpfs,target=/t/b \\
  echo 1 >node_modules/x && cat /t/a/f f >/out && echo 2 >/t/b/y && ls /src >>/out`,
        { files: { f: 'F\n' } },
      );
      expect(read('/out')).toBe('F\nF\nDockerfile\nf\nnode_modules\n');
      expect(layers.at(-1)).toEqual(['out']);
      const error = await failed('FROM base\nRUN --mount=target=/c --mount=type=tmpfs,target=/c/new true');
      expect(error).toMatchObject({
        code: 'FILESYSTEM',
        message: expect.stringContaining('/c/new') as string,
      });
    });

    it('keeps caches from RUN to RUN under their ids', async () => {
      const { read, layers } = await built(
        `FROM base AS one
RUN --mount=type=cache,target=/c echo one >/c/f
RUN --mount=type=cache,id=../../../etc,target=/c,mode=1777,uid=5,gid=6 echo esc >/c/f && stat -c %a:%u:%g /c >/perm
FROM base
COPY --from=one /perm /perm
RUN --mount=type=cache,target=/c --mount=type=cache,id=/c,target=/d,ro (cat /c/f /d/f; echo x 2>/dev/null >/d/n || echo ro) >/out
RUN --mount=type=cache,id=../../../etc,target=/x,mode=1777,uid=5,gid=6 cat /x/f >>/out
RUN --mount=type=cache,id=other,target=/c ls /c >/last`,
      );
      expect(read('/last')).toBe('');
      expect(read('/perm')).toBe('1777:5:6\n');
      expect(read('/out')).toBe('one\none\nro\nesc\n');
      expect(layers.slice(-3)).toEqual([['out'], ['out'], ['last']]);
    });

    it('begins caches with what from names, and mounts a part by source', async () => {
      const { read } = await built(
        `FROM scratch AS start
COPY f /d/f
FROM base
RUN --mount=type=cache,id=c,from=start,target=/c echo more >>/c/d/f
RUN --mount=type=cache,id=c,from=start,source=d,target=/c cat /c/f >/out`,
        { files: { f: 'F\n' } },
      );
      expect(read('/out')).toBe('F\nmore\n');
    });

    it('lets one RUN at a time into a locked cache, and gives each its own of a private one', async () => {
      const step = (sharing: string): string =>
        `RUN --mount=type=cache,id=${sharing},sharing=${sharing},target=/c ls /c >/seen; touch /c/in; sleep 1; rm /c/in`;
      const { read } = await built(
        ['locked', 'private']
          .flatMap((sharing) => [0, 1].map((n) => `FROM base AS ${sharing}${n}\n${step(sharing)}`))
          .concat('FROM scratch')
          .concat(['locked0', 'locked1', 'private0', 'private1'].map((s) => `COPY --from=${s} /seen /${s}`))
          .join('\n'),
      );
      expect(['locked0', 'locked1', 'private0', 'private1'].map((name) => read(`/${name}`))).toEqual([
        '',
        '',
        '',
        '',
      ]);
    });

    it('mounts memory of a size, also over /dev/shm', async () => {
      const { read, layers } = await built(
        `FROM base
RUN --mount=type=tmpfs,target=/t,size=64k --mount=type=tmpfs,target=/dev/shm,size=1m \\
  (dd if=/dev/zero of=/t/big bs=1k count=100 2>/dev/null || echo full; stat -c %a:%s /t | cut -d: -f1; stat -f -c %b:%S /dev/shm) >/out`,
      );
      expect(read('/out')).toBe('full\n1777\n256:4096\n');
      expect(layers.at(-1)).toEqual(['out']);
    });

    it('gives secrets as files and variables', async () => {
      const binary = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 256));
      const { read, layers, image } = await built(
        `FROM base
ENV TOKEN=public
RUN --mount=type=secret,id=tok --mount=type=secret,id=tok,env=TOKEN --mount=type=secret,id=tok,target=/root/.npmrc,env=T2 \\
  --mount=type=secret,id=bin,target=/k,mode=0440,uid=65534,gid=65534 --mount=type=secret,id=none \\
  (stat -c %a:%u:%g /run/secrets/tok /k; stat -f -c %T /run/secrets/tok; wc -c </run/secrets/tok; \\
  [ "$(echo "$TOKEN")" = "$(cat /root/.npmrc)" ] && [ "$TOKEN" = "$T2" ] && echo same; wc -c </k; ls /run/secrets; env | grep = | cut -d= -f1 | sort | tr '\\n' ' ') >/out 2>&1
RUN (ls /run/secrets /root/.npmrc 2>/dev/null; echo $TOKEN) >/after; id`,
        {
          supplies: {
            secrets: [
              { id: 'tok', content: Buffer.from("it's '$(a)' \\secret\n") },
              { id: 'bin', content: binary },
            ],
          },
        },
      );
      expect(read('/out')).toBe(
        `400:0:0\n440:65534:65534\ntmpfs\n20\nsame\n5000\ntok\nHOME PATH PWD T2 TOKEN `,
      );
      expect(read('/after')).toBe('public\n');
      expect(layers.slice(-2)).toEqual([['out'], ['after']]);
      expect(JSON.stringify(image.config)).not.toContain('secret\\n');
    });

    it('refuses a RUN whose required secret or agent is not given', async () => {
      for (const mount of ['type=secret,id=gone,required', 'type=ssh,required']) {
        const error = await failed(`FROM base\nRUN --mount=${mount} true`);
        expect(error).toMatchObject({ code: 'USAGE', location: { line: 2 } });
      }
    });

    it('leaves secrets out of the output, however it is cut', async () => {
      let shown = '';
      await built(
        'FROM base\nRUN --mount=type=secret,id=s cat /run/secrets/s; printf hunter; sleep 0.2; printf "22 hunter"',
        {
          supplies: { secrets: [{ id: 's', content: Buffer.from('hunter22\n') }] },
          reporter: { stepOutput: (_step, _stream, text) => (shown += text) },
        },
      );
      expect(shown).toBe('***\n*** hunter');
    });

    it('refuses targets of the system', async () => {
      for (const target of ['/proc/self', '/x/../dev'])
        expect(await failed(`FROM base\nRUN --mount=type=tmpfs,target=${target} true`)).toMatchObject({
          code: 'DOCKERFILE_SEMANTICS',
        });
      expect(
        await failed(
          'FROM base\nRUN ln -s / /top && ln -s /proc /p\nRUN --mount=type=tmpfs,target=/top true',
        ),
      ).toMatchObject({ code: 'DOCKERFILE_SEMANTICS', location: { line: 3 } });
      expect(await failed('FROM base\nWORKDIR /\nRUN --mount=type=tmpfs,target=. true')).toMatchObject({
        code: 'DOCKERFILE_SEMANTICS',
      });
    });

    it('gives hosts, shared memory, limits and no network as the build was told', async () => {
      const { read } = await built(
        'FROM base\nRUN (grep example /etc/hosts; stat -f -c %b:%S /dev/shm; ulimit -n; ulimit -Hn; tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " ") >/out; :',
        {
          spec: {
            run: {
              network: 'none',
              extraHosts: [{ host: 'example', address: '10.1.2.3' }],
              shmBytes: 1 << 20,
              limits: [{ name: 'nofile', soft: '100', hard: '200' }],
            },
          },
        },
      );
      expect(read('/out')).toBe('10.1.2.3\texample\n256:4096\n100\n200\nlo\n');
    });

    describe('an agent', () => {
      let server: Server;
      const directory = mkdtempSync(join(tmpdir(), 'agent-'));
      const socket = join(directory, 'sock');
      beforeAll(async () => {
        server = createServer((client) => client.end('agent speaking\n'));
        await new Promise<void>((resolve) => server.listen(socket, resolve));
      });
      afterAll(() => {
        server.close();
        rmSync(directory, { recursive: true });
      });

      it('is there as a socket of the user it is for', async () => {
        const { read, layers } = await built(
          `FROM base
RUN --mount=type=ssh,uid=5,mode=0666 --mount=type=ssh,id=other,target=/a.sock --mount=type=ssh,id=none (echo $SSH_AUTH_SOCK; \\
  stat -c %F:%a:%u $SSH_AUTH_SOCK /a.sock; ls /run/buildkit) >/out`,
          { supplies: { sshAgents: ['default', 'other'].map((id) => ({ id, socket })) } },
        );
        expect(read('/out')).toBe('/run/buildkit/ssh_agent.0\nsocket:666:5\nsocket:600:0\nssh_agent.0\n');
        expect(layers.at(-1)).toEqual(['out']);
      });
    });
  });
});
