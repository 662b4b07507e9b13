import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeIsolation } from '../../src/isolation/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { titled } from '../support/e2e/requirements.ts';
import { failure } from '../support/planning.ts';

const probed = await probeIsolation({ scratchParent: '/tmp', env: process.env });
const noRun = probed.chosen === undefined ? 'nothing on this machine can execute RUN' : undefined;

let site: BuildSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  expect(site.leftovers()).toEqual([]);
  await site.close();
});

describe('a build without RUN', () => {
  it('puts files of the context into a layer of their own', async () => {
    const { layers, read, stat, result } = await site.built(
      'FROM scratch\nCOPY a.txt d /to/\nCOPY --chown=7:8 --chmod=640 a.txt /owned/x',
      { files: { 'a.txt': 'A', 'd/b': 'B', 'd/link': '-> b' } },
    );
    expect(layers).toEqual([
      ['to', 'to/a.txt', 'to/b', 'to/link'],
      ['owned', 'owned/x'],
    ]);
    expect([read('/to/a.txt'), read('/to/b')]).toEqual(['A', 'B']);
    expect(stat('/to/b')).toMatch(/^file \d+ 0:0$/);
    expect(stat('/owned/x')).toBe('file 640 7:8');
    expect(result.layers).toHaveLength(2);
  });

  it('copies from stages and images', async () => {
    const { read } = await site.built(
      'FROM scratch AS one\nCOPY f /f\nFROM base AS two\nCOPY --from=one /f /g\nFROM scratch\nCOPY --from=two /g /etc/passwd /\nCOPY --from=base /etc/group /group',
      { files: { f: 'through two stages' } },
    );
    expect(read('/g')).toBe('through two stages');
    expect(read('/passwd')).toContain('root:x:0:0');
    expect(read('/group')).toContain('nogroup');
  });

  it('adds heredocs as files, with variables and without', async () => {
    const { read } = await site.built(
      'FROM scratch\nARG V=value\nCOPY <<one <<"two" /d/\n$V\none\n$V\ntwo\nADD <<-EOT /three\n\t\tindented\n\tEOT\n',
    );
    expect([read('/d/one'), read('/d/two'), read('/three')]).toEqual(['value\n', '$V\n', 'indented\n']);
  });

  it('reuses the layers of its base as they are', async () => {
    const { image } = await site.open(site.base);
    const { image: built, result } = await site.built('FROM base\nCOPY f /f', { files: { f: 'x' } });
    expect(built.layers[0]?.descriptor.digest).toBe(image.layers[0]?.descriptor.digest);
    expect(result.layers.map(({ reused }) => reused)).toEqual([true, false]);
  });

  it('is pushed under every name it is given', async () => {
    const tags = [site.destination(), site.destination()];
    const result = await site.build('FROM scratch\nCOPY f /f', { files: { f: 'x' }, outputs: { tags } });
    for (const tag of tags) expect((await site.open(tag)).image.descriptor.digest).toBe(result.digest);
  });

  it('names the place of what is missing in the context, and pushes nothing', async () => {
    const tag = site.destination();
    const error = await failure(
      site.build('FROM scratch\n\nCOPY here gone /', { files: { here: 'x' }, outputs: { tags: [tag] } }),
    );
    expect(error).toMatchObject({ code: 'CONTEXT', location: { file: 'Dockerfile', line: 3 } });
    expect(error.message).toContain('gone');
    expect(site.registry.requests.filter(({ step }) => step === 'manifest-put')).not.toContainEqual(
      expect.objectContaining({ repository: tag.split('/').slice(1).join('/').replace(/:.*/, '') }),
    );
  });
});

describe('ADD of URLs', () => {
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url !== '/dir/file.txt?v=1') return void response.writeHead(404).end();
      response.writeHead(200, { 'last-modified': 'Mon, 02 Jan 2006 15:04:05 GMT' }).end('downloaded');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('downloads them, with the name of the URL and the time of the server', async () => {
    const { files, read, stat } = await site.built(`FROM scratch\nADD ${origin}/dir/file.txt?v=1 /in/`);
    expect(read('/in/file.txt')).toBe('downloaded');
    expect(stat('/in/file.txt')).toBe('file 600 0:0');
    expect(files.get('/in/file.txt')?.mtimeNs).toBe(1_136_214_245_000_000_000n);
  });

  it('checks what it is told to check', async () => {
    const wrong = `--checksum=sha256:${'0'.repeat(64)}`;
    const error = await failure(site.build(`FROM scratch\nADD ${wrong} ${origin}/dir/file.txt?v=1 /x`));
    expect(error).toMatchObject({ code: 'CONTENT', location: { line: 2 } });
  });

  it('tells what the server refused', async () => {
    const error = await failure(site.build(`FROM scratch\nADD ${origin}/gone /x`));
    expect(error.location).toMatchObject({ line: 2 });
    expect(error.message).toContain('404');
  });
});

describe.skipIf(noRun !== undefined)(titled('a build with RUN', noRun), () => {
  it('puts what a step changed into a layer, and no layer where it changed nothing', async () => {
    const { layers, read, image, result } = await site.built(
      'FROM base\nRUN echo one > /tmp/one && mkdir /d && rm /etc/group\nRUN true\nRUN ["/bin/sh", "-c", "echo two >> /tmp/one"]',
    );
    expect(layers.slice(1)).toEqual([['d', 'etc', 'etc/.wh.group', 'tmp', 'tmp/one'], ['tmp/one']]);
    expect(read('/tmp/one')).toBe('one\ntwo\n');
    const rows = (image.config.history ?? []).slice(1);
    expect(rows.map(({ created_by: text, empty_layer: empty }) => [text, empty ?? false])).toEqual([
      ['RUN /bin/sh -c echo one > /tmp/one && mkdir /d && rm /etc/group # buildkit', false],
      ['RUN /bin/sh -c true # buildkit', true],
      ['RUN /bin/sh -c echo two >> /tmp/one # buildkit', false],
    ]);
    expect(result.layers.map(({ createdBy }) => createdBy?.startsWith('RUN'))).toEqual([false, true, true]);
  });

  it('tells the exit status and the place of a step that failed, and stops the other stages', async () => {
    const outputs: string[] = [];
    const error = await failure(
      site.build(
        'FROM base AS slow\nRUN sleep 1000\nFROM base AS broken\nRUN echo before && exit 7\nFROM base\nCOPY --from=slow / /a\nCOPY --from=broken / /b',
        { reporter: { stepOutput: (_step, _stream, text) => void outputs.push(text) } },
      ),
    );
    expect(error).toMatchObject({ code: 'RUN_FAILED', exitStatus: 7, location: { line: 4 } });
    expect(error.message).toContain('exit code: 7');
    expect(outputs.join('')).toBe('before\n');
  });

  it('gives RUN the environment of the image and the build arguments, and nothing else', async () => {
    const { read } = await site.built(
      'FROM base\nARG A=1\nARG HTTP_PROXY\nENV B="two words" http_proxy=env\nRUN env > /env',
      {
        spec: { buildArgs: { http_proxy: 'http://proxy', UNDECLARED: 'x' } },
        env: { GITHUB_TOKEN: 'canary', ACTIONS_RUNTIME_TOKEN: 'canary' },
      },
    );
    const lines = read('/env').trim().split('\n').sort();
    expect(lines.filter((line) => !/^(_|PWD|SHLVL|OLDPWD)=/.test(line))).toEqual([
      'A=1',
      'B=two words',
      'HOME=/root',
      'HTTP_PROXY=http://proxy',
      expect.stringMatching(/^PATH=.*\/bin/),
      'http_proxy=http://proxy',
    ]);
  });

  it('runs heredocs: as text for the shell, for a program, and as a script of its own', async () => {
    const { read, files } = await site.built(
      [
        'FROM base',
        'RUN <<EOT',
        'echo first > /first',
        'x=second',
        'echo $x >> /first',
        'EOT',
        'RUN cat <<A <<B > /both',
        'not used',
        'A',
        'from B',
        'B',
        'RUN <<script',
        '#!/bin/sh',
        'echo "$0 $(cat /dev/pipes/script | head -n 1)" > /third',
        'script',
      ].join('\n'),
    );
    expect(read('/first')).toBe('first\nsecond\n');
    expect(read('/both')).toBe('from B\n');
    expect(read('/third')).toBe('/dev/pipes/script #!/bin/sh\n');
    expect([...files.keys()].filter((path) => path.startsWith('/dev'))).toEqual([]);
  });

  it('makes working directories for the user, and runs as that user in them', async () => {
    const { stat, read } = await site.built(
      [
        'FROM base',
        'RUN chmod 777 /tmp && echo "bob:x:33:44::/home/bob:/bin/sh" >> /etc/passwd',
        'USER bob',
        'WORKDIR /made/by/bob',
        'RUN echo "$(pwd) $(id -u):$(id -g) $HOME" > who',
        'USER 99',
        'WORKDIR ../nobody',
        'RUN id -u > /tmp/who && id -g >> /tmp/who',
      ].join('\n'),
    );
    expect(stat('/made')).toBe('directory 755 33:44');
    expect(stat('/made/by/bob')).toBe('directory 755 33:44');
    expect(stat('/made/by/bob/who')).toBe('file 644 33:44');
    expect(read('/made/by/bob/who')).toBe('/made/by/bob 33:44 /home/bob\n');
    expect(stat('/made/by/nobody')).toBe('directory 755 99:99');
    expect(read('/tmp/who')).toBe('99\n0\n');
  });

  it('keeps what is written below a VOLUME', async () => {
    const { read, image } = await site.built('FROM base\nVOLUME /v\nRUN mkdir /v && echo kept > /v/f');
    expect(read('/v/f')).toBe('kept\n');
    expect(image.config.config?.Volumes).toEqual({ '/v': {} });
  });

  it('builds upon stages that others change, without seeing their changes', async () => {
    const { read, files } = await site.built(
      [
        'FROM base AS common',
        'RUN echo common > /common',
        'FROM common AS left',
        'RUN echo left > /left && echo changed > /common',
        'FROM common',
        'COPY --from=left /left /from-left',
        'RUN cat /common > /seen && ls / > /names',
      ].join('\n'),
    );
    expect(read('/seen')).toBe('common\n');
    expect(read('/from-left')).toBe('left\n');
    expect(read('/names').split('\n')).not.toContain('left');
    expect(files.has('/left')).toBe(false);
  });

  it('carries out the triggers of a base it built itself', async () => {
    const parent = site.destination();
    await site.build('FROM base\nONBUILD COPY src /src\nONBUILD RUN cat /src > /trigger-ran', {
      outputs: { tags: [parent] },
    });
    const { read, image } = await site.built(`FROM ${parent}\nRUN test -f /trigger-ran`, {
      files: { src: 'for the trigger' },
    });
    expect(read('/trigger-ran')).toBe('for the trigger');
    expect(image.config.config?.OnBuild).toBeUndefined();
  });
});

const STEPS = [
  'FROM base AS tools',
  'RUN mkdir -p /opt/t && echo tool > /opt/t/tool && echo > /opt/t/other && ln -s tool /opt/t/link && ln /opt/t/tool /opt/t/hard && mkdir /opt/old && echo > /opt/old/gone',
  'FROM base',
  'WORKDIR /srv',
  'COPY --from=tools /opt /opt',
  'RUN rm /opt/t/link && echo more >> /opt/t/other && mkdir -p /x/y && rm -rf /opt/old && mkdir /opt/old && echo new > /opt/old/only',
  'COPY a /x/y/',
  'RUN chmod 700 /x && rm /x/y/a && chown 5:6 /opt/t',
].join('\n');

describe.skipIf(noRun !== undefined)(titled('layers of a longer build', noRun), () => {
  const build = (spec: object, dockerfile = STEPS) =>
    site.built(dockerfile, {
      files: { a: 'from the context' },
      spec: { sourceDateEpoch: 1_600_000_000, ...spec },
    });

  it('are the same whether overlays or scans find the changes', async () => {
    const overlay = await build({ snapshotter: 'overlay' });
    const scan = await build({ snapshotter: 'scan' });
    expect(scan.layers).toEqual(overlay.layers);
    expect(scan.result.digest).toBe(overlay.result.digest);
  });

  it('are one with --single-snapshot, with the same files', async () => {
    const many = await build({});
    const single = await build({ singleSnapshot: true });
    expect(single.layers).toHaveLength(2);
    const shown = ({ files }: typeof many) =>
      [...files].map(([path, { type, mode, uid, gid, text, mtimeNs }]) => [
        path,
        type,
        mode,
        uid,
        gid,
        text,
        mtimeNs,
      ]);
    expect(shown(single).sort()).toEqual(shown(many).sort());
    const rows = single.image.config.history?.filter((row) => row.empty_layer !== true) ?? [];
    expect(rows).toHaveLength(2);
    expect(rows[1]?.created_by).toContain('chown 5:6');
  });

  it('are the same bytes with --reproducible, at any time of day', async () => {
    const dockerfile = 'FROM base\nRUN date +%s%N > /dev/null; echo x > /x\nCOPY a /a\nWORKDIR /w';
    const [first, second] = [
      await site.built(dockerfile, { files: { a: '1' }, spec: { reproducible: true } }),
      await site.built(dockerfile, { files: { a: '1' }, spec: { reproducible: true } }),
    ];
    expect(second.result.digest).toBe(first.result.digest);
    expect(first.image.config.created).toBe('1970-01-01T00:00:00Z');
    for (const path of ['/x', '/a', '/w']) expect(first.files.get(path)?.mtimeNs).toBe(0n);
  });

  it('fail cleanly within a stage that copies from another, in one snapshot', async () => {
    const dockerfile = `${STEPS}\nRUN exit 3`;
    expect(await failure(build({ singleSnapshot: true }, dockerfile))).toMatchObject({
      code: 'RUN_FAILED',
      exitStatus: 3,
    });
  });

  it('leave out what --ignore-path names', async () => {
    const { files } = await build(
      { ignorePaths: ['/var/cache'] },
      'FROM base\nRUN mkdir -p /var/cache/x /var/lib && echo 1 > /var/cache/x/y && echo 2 > /var/lib/z\nCOPY <<a /var/cache/\na\nWORKDIR /var/cache/w',
    );
    expect(files.has('/var/lib/z')).toBe(true);
    expect([...files.keys()].filter((path) => path.startsWith('/var/cache/'))).toEqual([]);
  });
});
