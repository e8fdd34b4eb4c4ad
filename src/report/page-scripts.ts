import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a report with a what-if runs in a browser, bundled by the build (`cli/bundle-page`). */
export interface PageScripts {
  /** The page's own script, inline. */
  readonly main: string
  /** Of its workers: core, replay and metrics. */
  readonly worker: string
}

/** What lets a reader of the page move policies. */
export interface WhatIf {
  /** The log's columns and the policies of the comparison, in the order of its runs, packed and gzipped. */
  readonly columns: Uint8Array
  readonly scripts: PageScripts
}

const BUILT = fileURLToPath(new URL('./scripts/', import.meta.url))

/** Undefined where a run has no columns, or this code runs from its sources and nothing was bundled. */
export function whatIfOf(columns: Uint8Array | undefined, folder: string = BUILT): WhatIf | undefined {
  return columns === undefined || !existsSync(folder) ? undefined : { columns, scripts: readScripts(folder) }
}

function readScripts(folder: string): PageScripts {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return { main: read('main.js'), worker: read('worker.js') }
}
