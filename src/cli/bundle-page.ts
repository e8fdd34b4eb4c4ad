import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** Of the words that zod can say an error in, the page needs English alone; they would be half of its script. */
const ENGLISH_ONLY: Plugin = {
  name: 'english only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}' }))
  },
}

export interface PageBundle {
  /** `src/page` of this project. */
  readonly sources: string
  readonly folder: string
}

/**
 * What a report runs in a browser, bundled from the very sources of the command line into `folder`: `main.js` is the page's
 * script, `worker.js` the core with replay and metrics.
 */
export async function bundlePage({ sources, folder }: PageBundle): Promise<void> {
  await build({
    entryPoints: ['main.ts', 'worker.ts'].map((file) => join(sources, file)),
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    plugins: [ENGLISH_ONLY],
    logLevel: 'warning',
  })
}
