import { defineConfig } from 'vitest/config'

const built = ['./packages/keepsake/scripts/build.ts']

/** Tests of what is published: the package, its command, the snippets on its pages. */
const ofTheBuild = [
  'packages/keepsake/test/package.test.ts',
  'packages/keepsake/test/{cli,docs}/**/*.test.ts',
]

/** The suites; `npm test -- --project keepsake` runs one of them. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'keepsake',
          include: ['packages/keepsake/test/**/*.test.ts'],
          exclude: ofTheBuild,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'package',
          include: ofTheBuild,
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
          globalSetup: [...built, './packages/conformance/report/setup.ts'],
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
