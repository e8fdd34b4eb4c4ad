import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { PRIORITIES } from '../../src/core/request.js'
import type { LogTable } from '../../src/core/log-table.js'
import { importFiles } from '../../src/logs/store-import.js'
import { loadTable } from '../../src/logs/store-load.js'
import { openLog } from '../../src/logs/store.js'
import { replay } from '../../src/replay/replay.js'
import { filterRows } from '../../src/replay/rows.js'
import { defaultCounter } from '../../src/router/default-counter.js'
import { ENDS, FLAG_DOWNGRADED, type ReplayResult } from '../../src/replay/steps.js'
import { parseWhere } from '../../src/replay/where.js'
import { median } from './timing.js'

const SAMPLE = 'datasets/coding-week.jsonl.gz'
const PRESETS = [
  'fixed-day',
  'rollover-day',
  'reserve-day',
  'sliding-day',
  'token-bucket',
  'project-lifetime',
]
const HOUR = 3_600_000
const DAY = 24 * HOUR
const EVENING = 18
const HIGH = PRIORITIES.indexOf('high')

/**
 * No speed: what the same $19 a day does to one org of the shipped sample (northwind, 8,330 requests in a week) under each
 * kind of window, all caps hard. README's "Which budget should I use?" quotes this table.
 */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
  try {
    const path = join(folder, 'week.db')
    const { extractor } = preset('fixed-day').classifier
    await importFiles({ files: [SAMPLE], log: path, counter: defaultCounter(), extractor })
    console.log(
      'windows: one org of the shipped sample (synthetic) under each kind of window, about $19 a day, all at the worst case',
    )
    console.log(
      row([
        'policy',
        'refused',
        'high refused',
        'downgraded',
        'spent',
        'quality',
        'days refusing',
        'from (median)',
        'after 18:00',
      ]),
    )
    for (const name of PRESETS) console.log(row([name, ...figures(path, name)]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function preset(name: string): Policy {
  return parsePolicy(JSON.parse(readFileSync(`policies/${name}.json`, 'utf8')))
}

function figures(path: string, name: string): readonly string[] {
  const policy = preset(name)
  const store = openLog(path)
  const loaded = loadTable(store, policy.classifier.extractor)
  store.close()
  const table = filterRows(loaded, parseWhere('org=northwind'))
  const result = replay(table, policy)
  return [...totals(table, result), ...byTimeOfDay(table, result)]
}

function totals(table: LogTable, { steps }: ReplayResult): readonly string[] {
  const refused = refusals(steps)
  const high = refused.filter((one) => (table.priority[one] as number) >= HIGH).length
  const downgraded = steps.flags.reduce((count, flag) => count + (flag & FLAG_DOWNGRADED), 0)
  const spent = steps.costNanoUsd.reduce((sum, cost) => sum + (cost > 0 ? cost : 0), 0) / 1e9
  const quality = steps.quality.reduce((sum, one, i) => sum + (steps.end[i] === SERVED ? one : 0), 0)
  return [
    String(refused.length),
    String(high),
    String(downgraded),
    `$${spent.toFixed(2)}`,
    `${((100 * quality) / steps.size).toFixed(1)} %`,
  ]
}

const SERVED = ENDS.indexOf('served')

function refusals({ end }: ReplayResult['steps']): number[] {
  return [...end.keys()].filter((one) => end[one] !== SERVED)
}

/** Days on which anything was refused, when that began, and how much of the evening's traffic was refused. */
function byTimeOfDay(table: LogTable, { steps }: ReplayResult): readonly string[] {
  const hourOf = (one: number): number => ((table.at[one] as number) % DAY) / HOUR
  const first = new Map<number, number>()
  const refused = refusals(steps)
  for (const one of refused) {
    const day = Math.floor((table.at[one] as number) / DAY)
    if (!first.has(day)) first.set(day, hourOf(one))
  }
  const evening = [...steps.end.keys()].filter((one) => hourOf(one) >= EVENING)
  const lost = refused.filter((one) => hourOf(one) >= EVENING).length
  const begins = median([...first.values()])
  return [
    String(first.size),
    first.size === 0
      ? '-'
      : `${Math.floor(begins)}:${String(Math.floor((begins % 1) * 60)).padStart(2, '0')}`,
    `${((100 * lost) / evening.length).toFixed(0)} %`,
  ]
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(15))).join('')
}
