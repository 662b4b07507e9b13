import fc from 'fast-check';

/** An instruction, and a number that decides what else depends on it. */
export interface Line {
  readonly text: string;
  readonly chance: number;
}

export function lineOf(steps: readonly fc.Arbitrary<string>[]): fc.Arbitrary<Line> {
  return fc.record({ text: fc.oneof(...steps), chance: fc.nat(3) });
}

/** Whether a stage is built on the one before it. */
export function contextStep(lines: readonly Line[]): boolean {
  return lines[0]?.chance === 0;
}

const { constantFrom, tuple, constant } = fc;

const sources = constantFrom(
  ...[
    'a',
    './a',
    'b',
    'd',
    'd/',
    'd/*',
    '*',
    'link',
    'a b',
    'b a',
    'empty',
    'd/f',
    '.',
    'd/c d/e',
    'pack.tar',
  ],
);
const flags = constantFrom(
  ...[
    '',
    '',
    '',
    '--chown=1:2 ',
    '--chown=bob ',
    '--chown=1000:1000 ',
    '--chmod=640 ',
    '--chmod=u=rwX,go=rX ',
  ],
  ...['--link ', '--link --chown=3:4 ', '--parents ', '--exclude=c ', '--exclude=**/g '],
);
const targets = constantFrom('/to/', '/to', 'here/', '/$ONE/', '/pub/', '/pub/x', '${TWO:-none}/');

/** Instructions that copy out of the context. */
export const copies = tuple(constantFrom('COPY', 'ADD'), flags, sources, targets).map(
  ([word, flag, source, target]) =>
    `${word} ${word === 'ADD' ? flag.replace('--parents ', '') : flag}${source} ${source.includes(' ') || /[*.]|d$/.test(source) ? target.replace(/(?<!\/)$/, '/') : target}`,
);
const archives = tuple(constantFrom('', '--chown=5:6 ', '--unpack=false ', '--unpack '), targets).map(
  ([flag, target]) => `ADD ${flag}pack.tar ${target.replace(/(?<!\/)$/, '/')}`,
);
const fromBefore = tuple(
  constantFrom('', '--chown=7:8 ', '--link ', '--chmod=600 '),
  constantFrom('/pub', '/to', '/to/*', '/here*', '/'),
).map(([flag, source]) => `COPY --from=@before ${flag}${source} /from/`);
const heredocs = constantFrom(
  ...[
    'COPY <<END /heredoc\n$ONE $V\nEND',
    "COPY <<'END' /heredoc\n$ONE $V\nEND",
    'COPY --chmod=700 <<-END /heredoc\n\ttext\n\tEND',
  ],
  ...['COPY <<one <<two /pub/\n1 ${TWO}\none\n2\ntwo', 'ADD <<END heredoc\nEND'],
);

/** Instructions that change a config, and what later ones see. */
const settings = constantFrom(
  ...[
    'ENV V=1',
    'ENV V=2',
    'ENV V=$ONE W=$V',
    'ENV W=1 V=1',
    'ENV V=1 W=1',
    'ARG ONE=own',
    'ARG THREE=3',
    'ARG TWO=$V',
  ],
  ...[
    'USER bob',
    'USER 0',
    'USER 1000:2',
    'WORKDIR /w',
    'WORKDIR below',
    'WORKDIR /pub/$ONE',
    'SHELL ["/bin/sh", "-ec"]',
  ],
  ...[
    'LABEL l=1',
    'LABEL l="$V"',
    'CMD ["x"]',
    'CMD x $V',
    'ENTRYPOINT ["e"]',
    'EXPOSE 80',
    'VOLUME /v',
    'STOPSIGNAL 9',
  ],
  ...[
    'HEALTHCHECK CMD true',
    'MAINTAINER m',
    'ONBUILD COPY a /onbuild',
    'ONBUILD ENV V=on',
    'ONBUILD WORKDIR /on',
  ],
);

/** All kinds but RUN. */
export const withoutRun: readonly fc.Arbitrary<string>[] = [
  copies,
  copies,
  archives,
  fromBefore,
  heredocs,
  settings,
  settings,
];

const mounts = constantFrom(
  ...[
    '',
    '',
    '',
    '--mount=target=/m ',
    '--mount=type=bind,source=d,target=/m ',
    '--mount=target=/m,rw ',
    '--mount=from=@before,target=/m ',
  ],
  ...[
    '--mount=from=@before,source=/pub,target=/m ',
    '--mount=type=cache,target=/c ',
    '--mount=type=tmpfs,target=/m ',
  ],
  ...['--mount=type=secret,id=s,target=/m/s ', '--mount=type=secret,id=s,env=SECRET ', '--network=none '],
);
/** What a RUN does is told by what it sees. */
const commands = constantFrom(
  ...[
    'echo "$ONE $TWO $V $W $(pwd) $(id -u):$(id -g) $-" >> /pub/log',
    'env | grep -v SECRET > /pub/env',
    'stat -c "%n %a %u:%g" /to/* /from/* /pub/* > /pub/seen 2> /dev/null || :',
  ],
  ...[
    'cat /m/* /m/d/* > /pub/mounted 2>/dev/null || :',
    'ls -R /m > /pub/names 2>&1 || :',
    'echo x > /m/written || :',
    'echo x >> /c/written || :',
  ],
  ...[
    'rm -rf /pub/log /to',
    'mkdir -p /pub/made && chmod 700 /pub/made',
    'ln -sf log /pub/link',
    'mv /pub/env /pub/moved || :',
    'umask > /pub/umask',
    'true',
  ],
);
const shellRuns = tuple(mounts, commands).map(([mount, command]) => `RUN ${mount}${command}`);
const otherRuns = constantFrom(
  ...[
    'RUN ["sh", "-c", "echo exec > /pub/exec"]',
    'RUN <<END\necho "$ONE" > /pub/heredoc\nEND',
    'RUN <<END\n#!/bin/sh\necho "script $TWO" > /pub/script\nEND',
  ],
  ...["RUN <<'END' cat > /pub/input\n$ONE\nEND", 'ONBUILD RUN echo "on $V" >> /pub/log'],
);

/** All kinds, RUN among them as often as all others. */
export const withRun: readonly fc.Arbitrary<string>[] = [
  ...withoutRun,
  shellRuns,
  shellRuns,
  shellRuns,
  shellRuns,
  otherRuns,
  otherRuns,
  constant('RUN :'),
];
