import { describe, expect, it } from 'vitest';
import { failure } from '../../support/planning.ts';
import { buildInMemory, type MemoryBuild } from '../../support/build-in-memory.ts';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Config and history texts of what a Dockerfile makes of an image. */
async function built(lines: string, build?: MemoryBuild) {
  const { config } = await buildInMemory(lines, build);
  return {
    config: config.config ?? {},
    rows: (config.history ?? []).map((row) => row.created_by),
    whole: config,
  };
}

describe('ENV and ARG', () => {
  it('keep the place of a variable that is set again', async () => {
    const { config } = await built('FROM base\nENV A=1 B=2\nENV A=3 C=$A');
    expect(config.Env).toEqual([PATH, 'A=3', 'B=2', 'C=1']);
  });

  it.each([
    ['the later of the two wins: ENV', 'ARG X=arg\nENV X=env', 'env'],
    ['the later of the two wins: ARG', 'ENV X=env\nARG X=arg', 'arg'],
    ['ARG without a value leaves ENV alone', 'ENV X=env\nARG X', 'env'],
    ['a build argument wins over the default', 'ARG GIVEN=default\nENV X=$GIVEN', 'given'],
    ['a build argument nobody declared is not there', 'ENV X=$GIVEN', ''],
    ['an ARG on the same line sees those before it', 'ARG A=1 B=${A}2\nENV X=$B', '12'],
    ['ARG without default takes the global one', 'ARG GLOBAL\nENV X=$GLOBAL', 'global'],
    ['ARG with an own default does not', 'ARG GLOBAL=own\nENV X=$GLOBAL', 'own'],
    ['a global ARG is not seen without declaring it', 'ENV X=$GLOBAL', ''],
    ['platforms are seen once they are declared', 'ARG TARGETARCH\nENV X=${TARGETARCH}', 'amd64'],
    ['and only then', 'ENV X=${TARGETARCH}', ''],
    ['ENV sees its old value on the whole line', 'ENV X=old\nENV Y=z X=new-$X', 'new-old'],
    ['names that every object has are names', 'ARG constructor\nENV X=[$constructor]', '[]'],
  ])('%s', async (_what, lines, value) => {
    const { config } = await built(`ARG GLOBAL=global\nFROM base\n${lines}\nLABEL x=$X`, {
      spec: { buildArgs: { GIVEN: 'given' } },
    });
    expect(config.Labels).toEqual({ x: value });
  });

  it('are inherited by a stage built on another: ENV before ARG, both to be seen', async () => {
    const { config } = await built(
      'FROM base AS a\nENV E=1 X=env\nARG A=2\nARG X=arg\nFROM a\nLABEL e=$E a=$A x=$X',
    );
    expect(config.Env).toEqual([PATH, 'E=1', 'X=env']);
    expect(config.Labels).toEqual({ e: '1', a: '2', x: 'env' });
  });

  it('do not leak into a sibling', async () => {
    const { config } = await built('FROM base AS a\nENV E=1\nLABEL l=1\nFROM base\nLABEL e=[$E]');
    expect(config).toEqual({ Env: [PATH], Labels: { e: '[]' } });
  });

  it('tell of what was declared', async () => {
    const { rows } = await built('FROM base\nARG A=1 B C=\nENV X=$A Y="two words"', {
      spec: { buildArgs: { C: '3' } },
    });
    expect(rows).toEqual(['ARG A=1 B C=3', 'ENV X=1 Y=two words']);
  });
});

describe('CMD, ENTRYPOINT and SHELL', () => {
  it.each([
    ['CMD exec form', 'CMD ["a", "b c"]', { Cmd: ['a', 'b c'] }, 'CMD ["a" "b c"]'],
    [
      'CMD shell form',
      'CMD echo "$HOME"',
      { Cmd: ['/bin/sh', '-c', 'echo "$HOME"'] },
      'CMD ["/bin/sh" "-c" "echo \\"$HOME\\""]',
    ],
    ['CMD that is almost JSON', 'CMD [ "a" ] # x', { Cmd: ['/bin/sh', '-c', '[ "a" ] # x'] }, undefined],
    ['CMD empty', 'CMD []', {}, 'CMD []'],
  ])('%s', async (_what, line, expected, row) => {
    const { config, rows } = await built(`FROM base\n${line}`);
    expect(config).toEqual({ Env: [PATH], ArgsEscaped: true, ...expected });
    if (row !== undefined) expect(rows).toEqual([row]);
  });

  it('ENTRYPOINT drops a CMD of the base, not one of the stage', async () => {
    const images = { parent: { config: { Cmd: ['inherited'], Entrypoint: ['old'] } } };
    const dropped = await built('FROM parent\nENTRYPOINT ["new"]', { images });
    expect(dropped.config).toEqual({ Env: [PATH], Entrypoint: ['new'] });
    expect(dropped.rows).toEqual(['ENTRYPOINT ["new"]']);
    const kept = await built('FROM parent\nCMD ["own"]\nENTRYPOINT new', { images });
    expect(kept.config).toMatchObject({ Cmd: ['own'], Entrypoint: ['/bin/sh', '-c', 'new'] });
  });

  it('ENTRYPOINT drops a CMD of the stage it is built on', async () => {
    const { config } = await built('FROM base AS a\nCMD ["x"]\nFROM a\nENTRYPOINT ["e"]');
    expect(config.Cmd).toBeUndefined();
  });

  it('SHELL serves the shell forms after it and what is built on it', async () => {
    const { config, rows } = await built(
      'FROM base AS a\nSHELL ["/bin/bash", "-ec"]\nFROM a\nCMD x\nHEALTHCHECK CMD y',
    );
    expect(config).toMatchObject({
      Shell: ['/bin/bash', '-ec'],
      Cmd: ['/bin/bash', '-ec', 'x'],
      Healthcheck: { Test: ['CMD-SHELL', 'y'] },
    });
    expect(rows[0]).toBe('SHELL [/bin/bash -ec]');
  });
});

describe('HEALTHCHECK', () => {
  it('tells of what is given, and its row of everything', async () => {
    const { config, rows } = await built(
      'FROM base\nHEALTHCHECK --interval=5s --start-interval=1s --retries=3 CMD a b',
    );
    expect(config.Healthcheck).toEqual({
      Test: ['CMD-SHELL', 'a b'],
      Interval: 5_000_000_000,
      StartInterval: 1_000_000_000,
      Retries: 3,
    });
    expect(rows).toEqual([`HEALTHCHECK &{["CMD-SHELL" "a b"] "5s" "0s" "0s" "1s" '\\x03'}`]);
  });

  it('NONE takes an inherited one away', async () => {
    const images = { parent: { config: { Healthcheck: { Test: ['CMD', 'x'], Interval: 5 } } } };
    const { config } = await built('FROM parent\nHEALTHCHECK NONE', { images });
    expect(config.Healthcheck).toEqual({ Test: ['NONE'] });
  });
});

describe('EXPOSE', () => {
  it.each([
    ['80', ['80/tcp']],
    ['80/UDP 80 443/sctp', ['443/sctp', '80/tcp', '80/udp']],
    ['8000-8002/udp', ['8000/udp', '8001/udp', '8002/udp']],
    ['8080:80', ['80/tcp']],
    ['127.0.0.1:8080:80/udp', ['80/udp']],
    ['[::1]:1-2:3-4', ['3/tcp', '4/tcp']],
    ['$P', ['1/tcp', '2/tcp']],
  ])('%s', async (words, ports) => {
    const { config, rows } = await built(`FROM base\nARG P="1 2"\nEXPOSE ${words}`);
    expect(Object.keys(config.ExposedPorts ?? {}).sort()).toEqual(ports);
    expect(rows[1]).toBe(`EXPOSE map[${ports.map((port) => `${port}:{}`).join(' ')}]`);
  });

  it('adds to what the base has', async () => {
    const images = { parent: { config: { ExposedPorts: { '1/tcp': {} } } } };
    const { config } = await built('FROM parent\nEXPOSE 2', { images });
    expect(config.ExposedPorts).toEqual({ '1/tcp': {}, '2/tcp': {} });
  });

  it.each([
    ['x', 'invalid containerPort: x'],
    ['80/icmp', 'invalid proto: icmp'],
    ['65536', 'invalid containerPort: 65536'],
    ['9-8', 'invalid containerPort: 9-8'],
    ['/tcp', 'no port specified: /tcp<empty>'],
    ['x:80', 'invalid hostPort: x'],
    ['1.2.3:1:80', 'invalid IP address: 1.2.3'],
    ['1-2:3-5', 'invalid ranges specified for container and host Ports: 3-5 and 1-2'],
  ])('refuses %s', async (word, message) => {
    const error = await failure(built(`FROM base\nEXPOSE ${word}`));
    expect(error).toMatchObject({ code: 'DOCKERFILE_SEMANTICS', message, location: { line: 2 } });
  });
});

describe('USER, STOPSIGNAL, MAINTAINER, VOLUME, LABEL, ONBUILD', () => {
  it('change the config and tell of it', async () => {
    const { config, rows, whole } = await built(
      [
        'FROM base',
        'ARG who=bob',
        'USER $who:$who',
        'STOPSIGNAL SIGINT',
        'MAINTAINER me and $who',
        'VOLUME ["/a b"]',
        'VOLUME /c /d',
        'LABEL z=1 a="2 3"',
        'LABEL z=4',
        'ONBUILD RUN echo $who',
        'ONBUILD ENV A=1',
      ].join('\n'),
    );
    expect(config).toEqual({
      Env: [PATH],
      User: 'bob:bob',
      StopSignal: 'SIGINT',
      Volumes: { '/a b': {}, '/c': {}, '/d': {} },
      Labels: { z: '4', a: '2 3' },
      OnBuild: ['RUN echo $who', 'ENV A=1'],
    });
    expect(whole.author).toBe('me and $who');
    expect(rows.slice(1)).toEqual([
      'USER bob:bob',
      'STOPSIGNAL SIGINT',
      'MAINTAINER me and $who',
      'VOLUME [/a b]',
      'VOLUME [/c /d]',
      'LABEL z=1 a=2 3',
      'LABEL z=4',
    ]);
  });

  it('labels given from outside win', async () => {
    const { config } = await built('FROM base\nLABEL a=1 b=2', { spec: { labels: { b: '3', c: '4' } } });
    expect(config.Labels).toEqual({ a: '1', b: '3', c: '4' });
  });

  it('an inherited trigger is used up', async () => {
    const images = { parent: { config: { OnBuild: ['LABEL by=trigger'] } } };
    const { config } = await built('FROM parent', { images });
    expect(config).toEqual({ Env: [PATH], Labels: { by: 'trigger' } });
  });

  it.each([
    ['STOPSIGNAL SIGNOPE', 'invalid signal: SIGNOPE'],
    ['VOLUME [""]', 'VOLUME specified can not be an empty string'],
  ])('%s is refused', async (line, message) => {
    const error = await failure(built(`FROM base\n${line}`));
    expect(error.location).toMatchObject({ line: 2 });
    expect(error.message).toContain(message);
  });
});

describe('WORKDIR', () => {
  it.each([
    // An absolute word stays as it is written.
    ['/a/../b//c/.', '/a/../b//c/.'],
    ['x', '/x'],
    ['/a\nWORKDIR b\nWORKDIR ../c', '/a/c'],
    ['../..', '/'],
    ['$D/x', '/from/env/x'],
  ])('%j', async (path, expected) => {
    const { config, rows } = await built(`FROM base\nENV D=/from/env\nWORKDIR ${path}`);
    expect(config.WorkingDir).toBe(expected);
    expect(rows.at(-1)).toBe(`WORKDIR ${expected}`);
  });

  it('counts from that of the base, which stays as it is', async () => {
    const images = { parent: { config: { WorkingDir: '/srv/app/' } } };
    expect((await built('FROM parent\nWORKDIR x', { images })).config.WorkingDir).toBe('/srv/app/x');
    expect((await built('FROM parent', { images })).config.WorkingDir).toBe('/srv/app/');
  });

  it('makes a layer of what is missing, and none where nothing is', async () => {
    const { whole } = await built('FROM base\nWORKDIR /a/b\nWORKDIR /a\nWORKDIR /');
    expect(whole.history?.map((row) => row.empty_layer ?? false)).toEqual([false, true, true]);
    expect(whole.rootfs?.diff_ids).toHaveLength(1);
  });
});
