import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryCache } from '../../src/cache/index.ts';
import { buildInMemory } from '../support/build-in-memory.ts';

const FILES = { 'a.txt': 'a', 'b.txt': 'b', 'd/c.txt': 'c', 'd/e.txt': 'e' };
const spec = { sourceDateEpoch: 1_700_000_000 };

const step = fc.oneof(
  fc.constantFrom('a.txt', 'b.txt', 'd', 'd/*.txt', '*.txt').map((source) => `COPY ${source} /to/`),
  fc.constantFrom('1:2', '0:0').map((owner) => `COPY --chown=${owner} a.txt /owned`),
  fc.constantFrom('644', '755', 'u=rwx,go=').map((mode) => `COPY --chmod=${mode} b.txt /with-mode`),
  fc.constant('COPY --link d /linked/'),
  fc.constant('ADD b.txt relative'),
  fc.constantFrom('/w', 'below', '/to/d').map((path) => `WORKDIR ${path}`),
  fc.constantFrom('1', '2').map((value) => `ENV VALUE=${value}`),
  fc.constant('COPY a.txt /$VALUE'),
  fc.constant('COPY <<END /here\ntext $VALUE\nEND'),
  fc.constantFrom('1', '2').map((value) => `LABEL label=${value}`),
  fc.constantFrom('1000', '0').map((user) => `USER ${user}`),
);
const lines = fc.array(step, { minLength: 1, maxLength: 5 });
const edit = fc.record({ at: fc.nat(8), step });

/** Two stages, the second of which copies out of the first. */
function fileOf(first: readonly string[], second: readonly string[]): string {
  return ['FROM base AS first', ...first, 'FROM base', ...second, 'COPY --from=first / /from/'].join('\n');
}

const essence = ({ config, layers }: Awaited<ReturnType<typeof buildInMemory>>) => ({
  config,
  layers: layers.map(({ descriptor }) => descriptor.digest),
});

it('with a cache and without, before and after an edit of one line, images are the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      lines,
      lines,
      edit,
      fc.boolean(),
      async (first, second, { at, step: other }, inFirst) => {
        const cache = memoryCache();
        const edited = (all: readonly string[]): string[] => all.toSpliced(at % all.length, 1, other);
        const files = [
          fileOf(first, second),
          fileOf(first, second),
          inFirst ? fileOf(edited(first), second) : fileOf(first, edited(second)),
          fileOf(first, second),
        ];
        for (const file of files) {
          const plain = await buildInMemory(file, { files: FILES, spec });
          const cached = await buildInMemory(file, { files: FILES, spec, cache });
          expect(essence(cached)).toEqual(essence(plain));
        }
        const again = await buildInMemory(fileOf(first, second), { files: FILES, spec, cache });
        expect(again.outcomes.every(({ hit }) => hit)).toBe(true);
      },
    ),
    { numRuns: 25 },
  );
}, 300_000);

it('any changed file of the context is seen', async () => {
  const cache = memoryCache();
  const file = 'FROM base\nCOPY . /all/';
  for (const name of Object.keys(FILES)) {
    for (const text of ['other', '']) {
      const files = { ...FILES, [name]: text };
      const plain = await buildInMemory(file, { files, spec });
      const cached = await buildInMemory(file, { files, spec, cache });
      expect(essence(cached)).toEqual(essence(plain));
    }
  }
}, 120_000);
