import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { compareOnTable, tableReader, type TableOf } from '../../src/cli/compare-on-table.js'
import { defaultMeasuring } from '../../src/cli/measuring.js'
import { readPolicyFiles } from '../../src/cli/policies.js'
import { importFiles } from '../../src/logs/store-import.js'
import type { Comparison } from '../../src/metrics/result.js'
import { selectRows } from '../../src/replay/rows.js'
import { frontierChart } from '../../src/report/charts/frontier.js'
import { renderHtml } from '../../src/report/html.js'
import { renderSvg } from '../../src/report/render-svg.js'
import { barePage } from './report/bare-page.js'
import { CHROMIUM, firstChart } from './report/first-chart.js'
import { takeTurns } from './timing.js'

const SAMPLE = 'datasets/coding-week.jsonl.gz'
const POLICIES = ['all-frontier', 'heuristic', 'worst-case-caps', 'priority-reserve', 'shuffled-control'].map(
  (name) => `policies/${name}.json`,
)
const COPIES = 5
const ROUNDS = 7

/**
 * The report of five presets on the sample log beside a bare vega-embed page that draws its frontier from the same rows: time to
 * the first chart in Chromium, time to write the page, and the latter for five times as many requests.
 */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  try {
    const tableOf = await sampleTables(join(folder, 'log.db'))
    const sample = await compared(tableOf)
    const large = await compared((policy) => copied(tableOf(policy)))
    const html = await renderHtml(sample)
    const chart = frontierChart(sample)
    if (chart === null) throw new Error('the sample has no frontier')
    const spec = chart.spec('wide')
    const [page, many, one] = await takeTurns(ROUNDS, [
      () => renderHtml(sample),
      () => renderHtml(large),
      () => renderSvg(spec),
    ])
    const ms = (seconds: number | undefined): number => (seconds ?? NaN) * 1000
    console.log(
      `report of the sample log (${count(sample.log.requests)} requests, ${sample.runs.length} runs), ${(html.length / 1e6).toFixed(2)} MB`,
    )
    console.log(
      `  written in ${ms(page?.wall).toFixed(0)} ms, of ${count(large.log.requests)} requests in ${ms(many?.wall).toFixed(0)} ms (goal: under 2,000); its frontier alone, a bare vega spec as SVG, ${ms(one?.wall).toFixed(0)} ms`,
    )
    if (!existsSync(CHROMIUM)) {
      console.log(`  page load skipped: there is no ${CHROMIUM}`)
      return
    }
    const started = performance.now()
    const bare = await barePage(spec)
    const bundled = performance.now() - started
    const [own = NaN, embedded = NaN] = await firstChart(folder, [
      { name: 'report', html, selector: '#frontier .chart svg path' },
      { name: 'bare', html: bare, selector: '#chart svg path' },
    ])
    console.log(
      `  first chart in Chromium after ${own.toFixed(0)} ms (goal: under 1,500); a bare vega-embed page of that chart (${(bare.length / 1e6).toFixed(2)} MB, bundled in ${(bundled / 1000).toFixed(1)} s) ${embedded.toFixed(0)} ms: ${(own / embedded).toFixed(2)}x its time`,
    )
    console.log(
      `  writing the whole report takes ${(ms(page?.wall) / embedded).toFixed(2)}x the time of the bare page to its one chart`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function sampleTables(log: string): Promise<TableOf> {
  await importFiles({ log, files: [SAMPLE], ...defaultMeasuring() })
  return tableReader({ log, where: undefined, completeCases: false, imputeCost: undefined, split: undefined })
}

async function compared(tableOf: TableOf): Promise<Comparison> {
  return compareOnTable({
    tableOf,
    names: POLICIES,
    files: await readPolicyFiles(POLICIES),
    baseline: undefined,
    filters: () => [],
    seed: 1,
    tuning: null,
  })
}

/** Every request as many times, one right after the other. */
function copied(table: ReturnType<TableOf>): ReturnType<TableOf> {
  const rows = Int32Array.from({ length: table.size * COPIES }, (_, row) => Math.floor(row / COPIES))
  const many = selectRows(table, rows)
  return { ...many, ids: many.ids.map((id, row) => `${id}-${row % COPIES}`) }
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
