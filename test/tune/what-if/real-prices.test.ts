import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LogTable } from '../../../src/core/log-table.js'
import { parsePolicy } from '../../../src/core/policy.js'
import { listedModels } from '../../../src/logs/prices/chosen-book.js'
import { importFiles } from '../../../src/logs/store-import.js'
import { loadTable } from '../../../src/logs/store-load.js'
import { openLog } from '../../../src/logs/store.js'
import { filterRows } from '../../../src/replay/rows.js'
import { renderWhatIfText } from '../../../src/report/terminal-what-if.js'
import { renderWhatIfHtml } from '../../../src/report/what-if-html.js'
import { summarizeLog } from '../../../src/metrics/log-summary.js'
import { firstPolicy } from '../../../src/tune/first-policy.js'
import { whatIf, type WhatIfResult, type WhatIfRow } from '../../../src/tune/what-if/what-if.js'
import { DATA, hasData } from '../../metrics/real-data.js'
import { extractor, wordCounter } from '../../logs/measuring.js'
import { LITELLM_2025, LITELLM_2026, realBook } from '../../logs/prices/real-books.js'

const MODELS = ['gpt-4o-2024-08-06', 'deepseek-chat', 'gpt-4o-mini-2024-07-18']
const folder = mkdtempSync(join(tmpdir(), 'tollgate-whatif-'))
afterAll(() => rmSync(folder, { recursive: true }))

function chosen(file: string, day: string): Parameters<typeof listedModels>[0] {
  const date = Date.parse(`${day}T00:00:00Z`)
  return { book: realBook(file), name: file, date, service: 'standard', aliases: new Map() }
}

describe.skipIf(!hasData)('what the price changes from 2025-09 to 2026-08 do to ZeroEval', () => {
  let table: LogTable
  let result: WhatIfResult
  let notes: readonly string[]

  beforeAll(async () => {
    const log = join(folder, 'z.db')
    await importFiles({
      log,
      files: [`${DATA}zeroeval/outcomes.csv.gz`],
      queries: [`${DATA}zeroeval/queries.jsonl.gz`],
      counter: wordCounter,
      extractor,
    })
    const store = openLog(log)
    table = filterRows(
      loadTable(store, extractor),
      (all, row) => all.task.values[all.task.codes[row]!] === 'gsm',
    )
    store.close()
    const today = listedModels(chosen(LITELLM_2025, '2025-09-05'), MODELS, undefined)
    const later = listedModels(chosen(LITELLM_2026, '2026-08-06'), MODELS, undefined)
    notes = later.notes
    const { policy } = firstPolicy({ policyId: 'routed', table, models: MODELS, budget: undefined, ...today })
    result = whatIf({
      tableOf: () => table,
      policies: [parsePolicy(policy)],
      change: {
        removeModels: [],
        addModels: [],
        prices: new Map(
          MODELS.flatMap((id) => (later.priceBook?.(id) ? [[id, later.priceBook(id)!.pricing]] : [])),
        ),
        shifts: [],
        traffic: 1,
      },
      needs: [],
      maxQualityDrop: 0.01,
      seed: 1,
    })
  }, 120_000)

  const row = (name: string): WhatIfRow => result.rows.find((one) => one.name === name)!

  it('takes both prices from the books', () => {
    expect(result.priceChanges.find(({ model }) => model === 'deepseek-chat')).toMatchObject({
      today: { promptPer1m: 0.14, completionPer1m: 0.28 },
      changed: { promptPer1m: 0.28, completionPer1m: 0.42 },
    })
    expect(notes).toContain('deepseek-chat: exact')
  })

  it('moves a fixed model exactly as its usage tells, and one whose price stands not at all', () => {
    const index = table.outcomes.findIndex(({ model }) => model === 'deepseek-chat')
    const { inputTokens, outputTokens, costNanoUsd } = table.outcomes[index]!
    let expected = 0
    costNanoUsd.forEach((cost, at) => {
      const [input, output] = [inputTokens[at]!, outputTokens[at]!]
      expected += (cost * (0.28 * input + 0.42 * output)) / (0.14 * input + 0.28 * output) / 1e9
    })
    const deepseek = row('model:deepseek-chat')
    expect(deepseek.changed!.costUsd).toBeCloseTo(expected, 4)
    expect(deepseek.changed!.costUsd / deepseek.today!.costUsd).toBeGreaterThan(1.5)
    expect(deepseek.changed!.quality).toBe(deepseek.today!.quality)
    expect(row('model:gpt-4o-mini-2024-07-18').changed).toEqual(row('model:gpt-4o-mini-2024-07-18').today)
  })

  it('shows what that does to the routed policy, in both forms', async () => {
    const routed = row('routed')
    expect(routed.today!.offered).toBe(1319)
    expect(routed.changed!.costUsd).toBeGreaterThan(routed.today!.costUsd)
    const log = summarizeLog(table)
    const text = renderWhatIfText(log, { result, notes }, { width: 200, color: false })
    expect(text).toMatch(/deepseek-chat alone .*\+\d+\.\d/)
    expect(text).toMatch(/\$0\.14 in, \$0\.28 out per 1M tokens.*\$0\.28 in, \$0\.42 out per 1M tokens/)
    const page = await renderWhatIfHtml(log, result, notes)
    expect(page).toContain('<h1')
    expect(page).toContain('deepseek-chat: exact')
  })
})
