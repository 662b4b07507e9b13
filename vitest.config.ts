import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include, ...extra },
});

/** Tests with real tools, mirrors and clocks get a second try in CI: what fails twice is broken. */
const retry = process.env['CI'] === 'true' ? 1 : 0;

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      project('golden', ['test/golden/**/*.test.ts']),
      project('property', ['test/property/**/*.test.ts'], { testTimeout: 120_000 }),
      project('integration', ['test/integration/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 300_000,
        fileParallelism: false,
        retry,
      }),
      project('security', ['test/security/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        retry,
      }),
      project('differential', ['test/differential/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 300_000,
        maxConcurrency: 2,
      }),
      project('e2e', ['test/e2e/**/*.test.ts'], {
        testTimeout: 900_000,
        hookTimeout: 900_000,
        fileParallelism: false,
        retry,
      }),
    ],
  },
});
