import { chmodSync, linkSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BaseImages } from '../../../../src/plan/index.ts';
import { digestOf } from '../../../../src/oci/index.ts';
import { fakeImages } from '../../../support/planning.ts';
import { foreseenKeys, type KeyedBuild } from '../../../support/foreseen-keys.ts';

/** The key of the last step; there must be one. */
async function lastKey(build: KeyedBuild): Promise<string> {
  const key = (await foreseenKeys(build)).at(-1);
  if (key === undefined) throw new Error('the last step has no key');
  return key;
}

/** A Dockerfile that ends in these lines. */
const lines = (...all: readonly string[]): KeyedBuild => ({ dockerfile: ['FROM base', ...all].join('\n') });
const run = (...before: readonly string[]): KeyedBuild => lines(...before, 'RUN x');

const FILES = { a: 'A', b: 'B', ab: 'AB', 'd/f': 'F', 'e/g': 'G', link: '-> a', 'd/link': '-> f' };
const copying = (changes: Partial<KeyedBuild> = {}, line = 'COPY . /x/'): KeyedBuild => ({
  ...lines(line),
  files: FILES,
  ...changes,
});
const withFiles = (changes: Readonly<Record<string, string>>): KeyedBuild =>
  copying({ files: { ...FILES, ...changes } });
const prepared = (prepare: (context: string) => void): KeyedBuild => copying({ prepare });
const copy = (line: string): KeyedBuild => copying({}, line);

/** A base image with layers of these diff IDs. */
function images(...layers: readonly string[]): BaseImages {
  const plain = fakeImages({ base: {} });
  const resolve: BaseImages['resolve'] = async (name, platform) => ({
    ...(await plain.resolve(name, platform)),
    layers: layers.map((text) => ({
      diffId: digestOf(text),
      descriptor: { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(text), size: 1 },
    })),
  });
  return { ...plain, resolve };
}

const arm = { os: 'linux', architecture: 'arm64' };

/** Two builds whose last steps are different things. */
const DIFFERENT: Readonly<Record<string, readonly [KeyedBuild, KeyedBuild]>> = {
  'other base': [
    { ...run(), images: images('1') },
    { ...run(), images: images('2') },
  ],
  'layers of a base in another order': [
    { ...run(), images: images('1', '2') },
    { ...run(), images: images('2', '1') },
  ],
  'other step before': [run('RUN a'), run('RUN b')],
  'no step before': [run('RUN a'), run()],

  'RUN: words joined otherwise': [lines('RUN ["a b"]'), lines('RUN ["a", "b"]')],
  'RUN: spaces': [lines('RUN echo a  b'), lines('RUN echo a b')],
  'RUN: by a shell or not': [lines('RUN /bin/sh -c x'), lines('RUN ["/bin/sh", "-c", "x"]')],
  'RUN: other shell': [run('SHELL ["/bin/sh", "-c"]'), run('SHELL ["/bin/bash", "-c"]')],
  'RUN: other options of the shell': [run('SHELL ["/bin/sh", "-c"]'), run('SHELL ["/bin/sh", "-ec"]')],
  'RUN: value of ENV': [run('ENV A=1'), run('ENV A=2')],
  'RUN: ENV cut elsewhere': [run('ENV A=BC'), run('ENV AB=C')],
  'RUN: value with an equals sign': [run('ENV A=B=C'), run('ENV A=B C=')],
  'RUN: empty and missing ENV': [run('ENV A='), run()],
  'RUN: order of ENV, which programs see': [run('ENV A=1 B=2'), run('ENV B=2 A=1')],
  'RUN: two variables or one with a line break': [run('ENV A=1 B=2'), run('ENV A="1\\\nB=2"')],
  'RUN: default of ARG': [run('ARG A=1'), run('ARG A=2')],
  'RUN: given ARG': [
    { ...run('ARG A'), spec: { buildArgs: { A: '1' } } },
    { ...run('ARG A'), spec: { buildArgs: { A: '2' } } },
  ],
  'RUN: ARG in a here-document alone': [
    lines('ARG A=1', 'RUN <<END', 'echo $A', 'END'),
    lines('ARG A=2', 'RUN <<END', 'echo $A', 'END'),
  ],
  'RUN: text of a here-document': [lines('RUN <<END', 'a', 'END'), lines('RUN <<END', 'b', 'END')],
  'RUN: here-document or script': [lines('RUN <<END', 'a', 'END'), lines('RUN <<END', '#!/bin/a', 'END')],
  'RUN: ARG of a platform': [{ ...run('ARG TARGETARCH'), spec: { platform: arm } }, run('ARG TARGETARCH')],
  'RUN: platform': [{ ...run(), spec: { platform: arm } }, run()],
  'RUN: user': [run('USER 1'), run('USER 2')],
  'RUN: user by name or number': [run('USER root'), run('USER 0')],
  'RUN: group': [run('USER 1:1'), run('USER 1:2')],
  'RUN: working directory': [run('WORKDIR /a'), run('WORKDIR /b')],
  'RUN: network': [lines('RUN --network=none x'), run()],
  'RUN: network of the build': [{ ...run(), spec: { run: { network: 'none' } } }, run()],
  'RUN: hosts': [
    { ...run(), spec: { run: { extraHosts: [{ host: 'a', address: '1.1.1.1' }] } } },
    { ...run(), spec: { run: { extraHosts: [{ host: 'a', address: '1.1.1.2' }] } } },
  ],
  'RUN: target of a mount': [
    lines('RUN --mount=type=cache,target=/a x'),
    lines('RUN --mount=type=cache,target=/b x'),
  ],
  'RUN: kind of a mount': [
    lines('RUN --mount=type=cache,target=/a x'),
    lines('RUN --mount=type=tmpfs,target=/a x'),
  ],
  'RUN: mount that may be written to': [
    lines('RUN --mount=target=/a x'),
    lines('RUN --mount=target=/a,rw x'),
  ],
  'RUN: id of a secret': [
    lines('RUN --mount=type=secret,id=a,target=/s x'),
    lines('RUN --mount=type=secret,id=b,target=/s x'),
  ],
  'RUN: file of a mount of the context': [
    { ...lines('RUN --mount=target=/a x'), files: { f: '1' } },
    { ...lines('RUN --mount=target=/a x'), files: { f: '2' } },
  ],
  'RUN: file with a name like a pattern': [
    { ...lines('RUN --mount=source=[f],target=/a x'), files: { '[f]': '1', f: '' } },
    { ...lines('RUN --mount=source=[f],target=/a x'), files: { '[f]': '2', f: '' } },
  ],
  'RUN: directory with a name like a pattern, behind a link': [
    { ...lines('RUN --mount=source=link/?,target=/a x'), files: { 'd/?/f': '1', link: '-> d' } },
    { ...lines('RUN --mount=source=link/?,target=/a x'), files: { 'd/?/f': '2', link: '-> d' } },
  ],
  'RUN: file of a mount of a named context': [
    { ...lines('RUN --mount=from=other,target=/a x'), other: { f: '1' } },
    { ...lines('RUN --mount=from=other,target=/a x'), other: { f: '2' } },
  ],
  'RUN: first contents of a cache': [
    { ...lines('RUN --mount=type=cache,from=other,source=d,target=/a x'), other: { 'd/f': '1' } },
    { ...lines('RUN --mount=type=cache,from=other,source=d,target=/a x'), other: { 'd/f': '2' } },
  ],
  'RUN: directory of a named context': [
    { ...lines('RUN --mount=from=other,source=d,target=/a x'), other: { 'd/f': '1' } },
    { ...lines('RUN --mount=from=other,source=d,target=/a x'), other: { 'd/f': '2' } },
  ],
  'FROM: files of a named context': [
    { dockerfile: 'FROM other\nRUN x', other: { f: '1' } },
    { dockerfile: 'FROM other\nRUN x', other: { f: '2' } },
  ],
  'RUN: stage of a mount': [
    { dockerfile: 'FROM base AS s\nRUN a\nFROM base\nRUN --mount=from=s,target=/a x' },
    { dockerfile: 'FROM base AS s\nRUN b\nFROM base\nRUN --mount=from=s,target=/a x' },
  ],

  'COPY: names joined otherwise': [
    copying({ files: { ...FILES, 'a b': 'A' } }, 'COPY ["a b", "/x/"]'),
    copying({ files: { ...FILES, 'a b': 'A' } }, 'COPY a b /x/'),
  ],
  'COPY: two files or one with the same text': [copy('COPY a b /x/'), copy('COPY ab /x/')],
  'COPY: order of sources': [copy('COPY a b /x/'), copy('COPY b a /x/')],
  'COPY: other name, same text': [copy('COPY a /x/'), copying({ files: { ...FILES, b: 'A' } }, 'COPY b /x/')],
  'COPY: texts swapped': [copying(), withFiles({ a: 'B', b: 'A' })],
  'COPY: text moved over the border of files': [withFiles({ a: 'AB', b: '' }), withFiles({ a: 'A', b: 'B' })],
  'COPY: mode alone': [copying(), prepared((context) => chmodSync(join(context, 'a'), 0o755))],
  'COPY: mode of a directory': [copying(), prepared((context) => chmodSync(join(context, 'd'), 0o700))],
  'COPY: target of a link': [copying(), withFiles({ 'd/link': '-> ../a' })],
  'COPY: link or file with its target': [copying(), withFiles({ 'd/link': 'f' })],
  'COPY: empty directory': [copying(), prepared((context) => mkdirSync(join(context, 'd/empty')))],
  'COPY: empty file or directory': [
    prepared((context) => mkdirSync(join(context, 'new'))),
    prepared((context) => writeFileSync(join(context, 'new'), '')),
  ],
  'COPY: file moved within a source': [copying(), withFiles({ 'd/h': 'F' })],
  'COPY: file moved to another directory': [
    copying({ files: { 'd/f': '', 'e/g': '', 'd/m': 'M' } }, 'COPY d e /x/'),
    copying({ files: { 'd/f': '', 'e/g': '', 'e/m': 'M' } }, 'COPY d e /x/'),
  ],
  'COPY: hard link or copy': [
    prepared((context) => linkSync(join(context, 'a'), join(context, 'twin'))),
    withFiles({ twin: 'A' }),
  ],
  'COPY: one more match': [
    copy('COPY d/* /x/'),
    copying({ files: { ...FILES, 'd/more': '' } }, 'COPY d/* /x/'),
  ],
  'COPY: ignored file': [copying(), withFiles({ '.dockerignore': 'b' })],
  'COPY: destination': [copy('COPY a /x'), copy('COPY a /y')],
  'COPY: destination that is a directory': [copy('COPY a /x'), copy('COPY a /x/')],
  'COPY: relative destination': [
    copying(lines('WORKDIR /1', 'COPY --link a x/')),
    copying(lines('WORKDIR /2', 'COPY --link a x/')),
  ],
  'COPY: owner': [copy('COPY --chown=1 a /x'), copy('COPY --chown=2 a /x')],
  'COPY: owner by name or number': [copy('COPY --chown=root a /x'), copy('COPY --chown=0 a /x')],
  'COPY: owner or none': [copy('COPY --chown=0 a /x'), copy('COPY a /x')],
  'COPY: mode': [copy('COPY --chmod=600 a /x'), copy('COPY --chmod=644 a /x')],
  'COPY: --link': [copy('COPY --link a /x'), copy('COPY a /x')],
  'COPY: --parents': [copy('COPY --parents d/f /x/'), copy('COPY d/f /x/')],
  'COPY: --exclude': [copy('COPY --exclude=f d /x/'), copy('COPY d /x/')],
  'COPY: variable': [copying(lines('ARG A=/1', 'COPY a $A')), copying(lines('ARG A=/2', 'COPY a $A'))],
  'COPY: text of a here-document': [lines('COPY <<END /x', 'a', 'END'), lines('COPY <<END /x', 'b', 'END')],
  'COPY: variable in a here-document': [
    lines('ARG A=1', 'COPY <<END /x', '$A', 'END'),
    lines('ARG A=2', 'COPY <<END /x', '$A', 'END'),
  ],
  'COPY: here-documents that are cut elsewhere': [
    lines('COPY <<a <<b /x/', 'one', 'a', 'two', 'b'),
    lines('COPY <<a <<b /x/', 'one', 'two', 'a', 'b'),
  ],
  'COPY: name of a here-document': [lines('COPY <<a /x/', 'a'), lines('COPY <<b /x/', 'b')],
  'COPY: stage': [
    { dockerfile: 'FROM base AS s\nRUN a\nFROM base\nCOPY --from=s /a /a' },
    { dockerfile: 'FROM base AS s\nRUN b\nFROM base\nCOPY --from=s /a /a' },
  ],
  'COPY: stage or context': [copy('COPY a /x'), copying({ other: { a: 'A' } }, 'COPY --from=base a /x')],
  'COPY: file of a named context': [
    copying({ other: { a: '1' } }, 'COPY --from=other a /x'),
    copying({ other: { a: '2' } }, 'COPY --from=other a /x'),
  ],

  'ADD or COPY': [copy('ADD a /x'), copy('COPY a /x')],
  'ADD: --unpack': [copy('ADD --unpack=false a /x/'), copy('ADD a /x/')],
  'ADD: bytes of a download': [
    { ...lines('ADD http://h/f /x'), download: '1' },
    { ...lines('ADD http://h/f /x'), download: '2' },
  ],
  'ADD: name of a download': [lines('ADD http://h/f /x/'), lines('ADD http://h/g /x/')],
  'ADD: checksum or none': [
    lines(`ADD --checksum=${digestOf('')} http://h/f /x`),
    lines('ADD http://h/f /x'),
  ],
  'ADD: --keep-git-dir': [lines('ADD --keep-git-dir http://h/r.git /x'), lines('ADD http://h/r.git /x')],
  'ADD: directory of a repository': [lines('ADD http://h/r.git#:a /x'), lines('ADD http://h/r.git#:b /x')],

  'WORKDIR: path': [lines('WORKDIR /a'), lines('WORKDIR /b')],
  'WORKDIR: relative': [lines('WORKDIR /a', 'WORKDIR c'), lines('WORKDIR /b', 'WORKDIR c')],
  'WORKDIR: owner': [lines('USER 1', 'WORKDIR /a'), lines('WORKDIR /a')],

  'time of files': [
    { ...copying(), spec: { sourceDateEpoch: 1 } },
    { ...copying(), spec: { sourceDateEpoch: 2 } },
  ],
  compression: [{ ...copying(), spec: { compression: { kind: 'zstd' } } }, copying()],
  'paths that are left out': [{ ...run(), spec: { ignorePaths: ['/a'] } }, run()],
};

/** Two builds whose last steps are the same. */
const EQUAL: Readonly<Record<string, readonly [KeyedBuild, KeyedBuild]>> = {
  'labels of the file': [run('LABEL a=1'), run('LABEL a=2')],
  'labels of the build': [
    { ...run(), spec: { labels: { a: '1' } } },
    { ...run(), spec: { labels: { a: '2' } } },
  ],
  'what the image starts': [run('CMD a', 'EXPOSE 1', 'VOLUME /v'), run('ENTRYPOINT b', 'HEALTHCHECK NONE')],
  'proxies that are not declared': [{ ...run(), spec: { buildArgs: { HTTP_PROXY: 'http://a' } } }, run()],
  'arguments that are not declared': [{ ...run(), spec: { buildArgs: { A: '1' } } }, run()],
  'ENV that is set twice': [run('ENV A=1', 'ENV A=2'), run('ENV A=2')],
  'time of files': [copying(), prepared((context) => utimesSync(join(context, 'a'), 1, 1))],
  'ignored files': [
    withFiles({ '.dockerignore': 'e\n.dockerignore' }),
    copying({
      files: { ...FILES, '.dockerignore': 'e\n.dockerignore' },
      prepare: (context) => rmSync(join(context, 'e'), { recursive: true }),
    }),
  ],
  'files that are not copied': [copy('COPY a /x'), copying({ files: { a: 'A' } }, 'COPY a /x')],
  'user of COPY': [copying(lines('USER 1', 'COPY a /x')), copy('COPY a /x')],
  'spelling of a source': [copy('COPY ./a /x'), copy('COPY /a /x')],
  'what was before --link': [
    copying(lines('RUN a', 'COPY --link a /x')),
    copying(lines('RUN b', 'COPY --link a /x')),
  ],
  'address of a download': [lines('ADD http://h/f /x'), lines('ADD http://i/p/f?q /x')],
  'ONBUILD or the instruction': [
    { dockerfile: 'FROM base AS s\nONBUILD RUN x\nFROM s\nRUN y' },
    { dockerfile: 'FROM base AS s\nFROM s\nRUN x\nRUN y' },
  ],
  'comments and breaks of lines': [run('# a'), lines('RUN \\', ' x')],
};

describe('steps with different keys', () => {
  it.each(Object.entries(DIFFERENT))('%s', async (_name, [one, two]) => {
    expect(await lastKey(one)).not.toBe(await lastKey(two));
    expect(await lastKey(one)).toBe(await lastKey(one));
  });
});

describe('steps with one key', () => {
  it.each(Object.entries(EQUAL))('%s', async (_name, [one, two]) => {
    expect(await lastKey(one)).toBe(await lastKey(two));
  });
});
