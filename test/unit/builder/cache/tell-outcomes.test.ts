import { expect, it } from 'vitest';
import { tellOutcomes } from '../../../../src/builder/cache/tell-outcomes.ts';
import { silentReporter } from '../../../../src/report/index.ts';

it('tells sums and a line for each step: what was saved, or what changed', () => {
  const said: string[] = [];
  const reporter = { ...silentReporter(), info: (text: string) => void said.push(text) };
  const steps = [
    { name: 'a 1 RUN', hit: true, milliseconds: 4_000, bytes: 2_500 },
    { name: 'a 2 COPY', hit: true, milliseconds: 1_000, bytes: 500 },
    { name: 'a 3 RUN', hit: false, milliseconds: 300, bytes: 0, changed: ['variable A', 'command'] },
    { name: 'a 4 RUN', platform: 'linux/arm64', hit: false, milliseconds: 0, bytes: 0 },
  ];
  tellOutcomes({ steps, fetched: { bases: 1_000, cache: 0 } }, reporter);
  expect(said).toEqual([
    'cache: 2 of 4 steps, 3.0 kB and 5.0s saved',
    'cache: fetched 1.0 kB of base images, 0 B out of the cache',
    'cache: hit   a 1 RUN              2.5 kB, 4.0s saved',
    'cache: hit   a 2 COPY             500 B, 1.0s saved',
    'cache: miss  a 3 RUN              built in 0.3s: variable A, command',
    'cache: miss  linux/arm64 a 4 RUN  built in 0.0s: its key is not known',
  ]);
});
