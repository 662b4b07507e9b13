import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include, ...extra },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts'], { testTimeout: 60_000 }),
      project('golden', ['test/golden/**/*.test.ts']),
      project('property', ['test/property/**/*.test.ts'], { testTimeout: 120_000 }),
      project('integration', ['test/integration/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 300_000,
        fileParallelism: false,
      }),
      project('security', ['test/security/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      project('differential', ['test/differential/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 300_000,
        maxConcurrency: 2,
      }),
      project('environments', ['test/environments/**/*.test.ts'], {
        testTimeout: 900_000,
        hookTimeout: 600_000,
        fileParallelism: false,
      }),
      project('e2e', ['test/e2e/**/*.test.ts'], {
        testTimeout: 900_000,
        hookTimeout: 900_000,
        fileParallelism: false,
      }),
    ],
  },
});
