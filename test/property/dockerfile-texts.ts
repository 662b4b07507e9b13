import fc from 'fast-check';

const KEYWORDS = [
  ...['FROM', 'RUN', 'COPY', 'ADD', 'ENV', 'ARG', 'LABEL', 'CMD', 'ENTRYPOINT', 'EXPOSE', 'VOLUME', 'USER'],
  ...['WORKDIR', 'STOPSIGNAL', 'SHELL', 'HEALTHCHECK', 'ONBUILD', 'MAINTAINER', 'from', 'run', 'NOPE', ''],
];
const PIECES = [
  ...['alpine', 'a', 'AS', 'b', '/x', '--from=a', '--mount=type=cache,target=/c', '--chown=1:2', '--', '-x'],
  ...[
    'A=1',
    'A=',
    '=',
    '"',
    "'",
    '\\',
    '`',
    '$A',
    '${A:-b}',
    '${',
    '["a", "b"]',
    '["a"',
    '[]',
    '<<EOF',
    '<<-"E"',
  ],
  ...[
    'EOF',
    'E',
    '80/tcp',
    'NONE',
    '--interval=1s',
    '#',
    '# check=skip=all',
    '\u00e9',
    '\t',
    '\r',
    '\u0000',
    ',',
  ],
];

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
);

const line = fc
  .tuple(
    fc.constantFrom(...KEYWORDS),
    fc.array(piece, { maxLength: 6 }),
    fc.constantFrom('', ' \\', '\\ ', '`'),
  )
  .map(([keyword, words, end]) => [keyword, ...words].join(' ') + end);

const other = fc.constantFrom(
  ...[
    '',
    '# comment',
    '# escape=`',
    '# syntax=x',
    '# check=skip=A;error=true',
    'EOF',
    'E',
    '  ',
    '\\',
    '#!/bin/sh',
  ],
);

/** Texts that look like Dockerfiles: keywords, flags, quotes, heredocs and continuations in any order. */
export const dockerfileText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: line }, { weight: 1, arbitrary: other }), { maxLength: 12 }),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('', '\uFEFF'),
    fc.boolean(),
  )
  .map(([lines, end, mark, ended]) => mark + lines.join(end) + (ended ? end : ''));
