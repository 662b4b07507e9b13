import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BuildError } from '../../src/errors/index.ts';
import { parseChallenges } from '../../src/registry/auth/challenge.ts';
import { parseToken } from '../../src/registry/auth/token-response.ts';
import { parseConfigFile } from '../../src/registry/credentials/config-file.ts';
import { keysFor, registryKey } from '../../src/registry/credentials/registry-key.ts';
import { parseRegistryAuth } from '../../src/request/index.ts';
import { settings } from './settings.ts';

const CANARY = 'canary-secret';
const piece = fc.constantFrom(
  ...[
    'Bearer',
    'Basic',
    ' ',
    ',',
    '=',
    '"',
    '\\',
    'realm',
    'scope',
    '"a"',
    'a=b',
    'é',
    '\t',
    '(',
    '==',
    ';',
    'x',
  ],
);
const json = fc.json({ maxDepth: 4 });

/** Whatever is thrown is one of ours, and shows nothing of the text. */
function harmless(work: () => unknown, codes: readonly string[]): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(BuildError);
    const { code, message, hint = '', cause } = error as BuildError;
    expect(codes).toContain(code);
    expect(`${message} ${hint} ${String(cause)}`).not.toContain(CANARY);
  }
}

describe('texts from outside', () => {
  it('as challenges are read whatever they are, in order and without inventing anything', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
        ),
        (text) => {
          for (const { scheme, parameters } of parseChallenges(text)) {
            expect(text.toLowerCase()).toContain(scheme);
            for (const name of parameters.keys()) expect(text.toLowerCase()).toContain(name);
          }
        },
      ),
      settings(2000),
    );
  });

  it('as well-formed challenges are read as they were meant', () => {
    const value = fc.string().map((text) => text.replace(/[^\x20-\x7e]/g, 'x'));
    const parameters = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('Bearer', 'Basic'), parameters), { maxLength: 3 }),
        (given) => {
          const text = given
            .map(([scheme, values]) => {
              const quoted = Object.entries(values).map(
                ([name, one]) => `${name}="${one.replace(/(["\\])/g, '\\$1')}"`,
              );
              return `${scheme} ${quoted.join(',')}`;
            })
            .join(', ');
          const read = parseChallenges(text).map(({ scheme, parameters: map }) => [
            scheme,
            Object.fromEntries(map),
          ]);
          expect(read).toEqual(given.map(([scheme, values]) => [scheme.toLowerCase(), { ...values }]));
        },
      ),
      settings(),
    );
  });

  it('as tokens hold one that may be sent, or none', () => {
    const answer = fc.record(
      { token: fc.string(), access_token: fc.anything(), expires_in: fc.double(), issued_at: fc.string() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          json,
          answer.map((one) => JSON.stringify(one)),
        ),
        (text) => {
          const token = parseToken(text, { now: 0 });
          if (token === undefined) return;
          expect(token.value).toMatch(/^[\x21-\x7e]+$/);
          expect(token.expiresAt).toBeGreaterThan(-6000);
        },
      ),
      settings(1000),
    );
  });

  it('as configurations are read or refused, and never shown', () => {
    const entry = fc.dictionary(
      fc.constantFrom('auth', 'username', 'password', 'identitytoken', 'registrytoken'),
      fc.oneof(
        fc.constant(CANARY),
        fc.constant(Buffer.from(CANARY).toString('base64')),
        fc.integer(),
        fc.constant(null),
      ),
    );
    const config = fc.record(
      {
        auths: fc.oneof(
          fc.dictionary(fc.constantFrom('h.io', 'https://h.io/v1/', ''), entry),
          fc.constant(CANARY),
        ),
        credHelpers: fc.oneof(fc.dictionary(fc.constant('h.io'), fc.constant('x')), fc.constant([CANARY])),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          json,
          config.map((one) => JSON.stringify(one)),
          fc.constant(`{"auths":${CANARY}`),
        ),
        (text) => harmless(() => parseConfigFile(text, '/the/file'), ['USAGE']),
      ),
      settings(1000),
    );
  });

  it('as registry-auth are read or refused, and never shown', () => {
    const line = fc.constantFrom(
      ...[
        '- registry: h.io',
        '- {',
        '}',
        `  password: ${CANARY}`,
        '  username: u',
        '  scope: a@push',
        '  ecr: true',
      ],
      ...[`- ${CANARY}`, `  ${CANARY}: x`, '  password: "', '&a', '*a', '  scope: ../@x'],
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) =>
        harmless(() => parseRegistryAuth(lines.join('\n')), ['USAGE']),
      ),
      settings(1000),
    );
  });

  it('as names of registries have one key, which holds for their own repositories alone', () => {
    const host = fc.constantFrom('h.io', 'h.io:5000', 'docker.io', 'index.docker.io', 'H.IO', 'a.h.io');
    fc.assert(
      fc.property(
        host,
        fc.constantFrom('', '/', '/v1/', '/v2'),
        fc.constantFrom('', 'https://'),
        (name, path, scheme) => {
          const key = registryKey(`${scheme}${name}${path}`);
          expect(registryKey(key)).toBe(key);
          expect(keysFor(name, 'a/b')).toEqual([`${key}/a/b`, `${key}/a`, key]);
        },
      ),
      settings(),
    );
  });
});
