import { rolldown } from 'rolldown'
import type { ChartSpec } from '../../../src/report/charts/chart.js'

/** Bundled from its source: what runs in the page is what this file says. */
const ENTRY = 'test/bench/report/embed-entry.ts'

/** One chart as vega-embed's own documentation shows it: the libraries in the page, the spec compiled and drawn by the browser. */
export async function barePage(spec: ChartSpec): Promise<string> {
  const bundle = await rolldown({ input: ENTRY, platform: 'browser', logLevel: 'silent' })
  const { output } = await bundle.generate({ format: 'es', minify: true })
  await bundle.close()
  const script = output[0].code.replaceAll('</script', '<\\/script')
  const data = JSON.stringify(spec).replaceAll('<', '\\u003c')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bare</title></head><body><div id="chart"></div>
<script type="application/json" id="spec">${data}</script><script type="module">${script}</script></body></html>`
}
