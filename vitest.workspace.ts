import { defineConfig } from 'vitest/config'

const built = ['./scripts/build.ts']

/** The suites; `npm test -- --project keepsake` runs one of them. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'keepsake',
          include: ['packages/keepsake/test/**/*.test.ts'],
          exclude: ['packages/keepsake/test/package.test.ts', 'packages/keepsake/test/cli/**'],
        },
      },
      {
        test: {
          name: 'package',
          include: ['packages/keepsake/test/package.test.ts', 'packages/keepsake/test/cli/**/*.test.ts'],
          globalSetup: built,
        },
      },
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/**/*.test-d.ts', 'examples/**/*.test-d.ts'],
            // `npm run typecheck` reports those, once.
            ignoreSourceErrors: true,
          },
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['packages/conformance/**/*.test.ts'],
          globalSetup: built,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'examples',
          include: ['examples/**/*.test.ts'],
          globalSetup: built,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
