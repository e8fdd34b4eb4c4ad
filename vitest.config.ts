import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Tests share no state through modules; a process of its own for each file would load all of them again each time.
    isolate: false,
    // The default leaves a core to the runner, which idles: on two cores it would run one file at a time.
    maxWorkers: '100%',
  },
})
