import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { writeFixed } from '../../../src/cli/write-fixed.js'
import { lint, type LintFinding } from '../../../src/logs/lint/lint.js'
import type { ChosenBook } from '../../../src/logs/prices/chosen-book.js'
import { parsePriceBook } from '../../../src/logs/prices/parse-price-book.js'
import type { ImportOptions } from '../../../src/logs/store-import.js'
import { storeFacts } from '../../../src/logs/store-facts.js'
import { openLog } from '../../../src/logs/store.js'
import { hasSharedData, SHARED_DATA } from '../../cli/built.js'
import { importLog, jsonl, load, workdir } from '../workdir.js'

const dir = workdir()

async function findings(
  name: string,
  files: readonly string[],
  more: Partial<ImportOptions> = {},
): Promise<readonly LintFinding[]> {
  const log = dir.path(name)
  await importLog({ log, files, ...more })
  const store = openLog(log)
  const facts = storeFacts(store)
  store.close()
  return lint(load(log), facts)
}

/** Finding by finding, so many. */
const counts = (found: readonly LintFinding[]): Record<string, number> =>
  Object.fromEntries(found.map(({ code, count }) => [code, count]))

const real = (...path: string[]): string => join(SHARED_DATA, ...path)

function liteLlmBook(date: string): ChosenBook {
  const file = `litellm_model_prices_${date}.json.gz`
  const text = gunzipSync(readFileSync(real('prices', file))).toString('utf8')
  return {
    book: parsePriceBook(text, { file, rates: new Map() }),
    name: file,
    date: undefined,
    service: 'standard',
    aliases: new Map(),
  }
}

describe('the shipped sample', () => {
  it('has nothing to find but that it is generated', async () => {
    const found = await findings('sample.db', ['datasets/coding-week.jsonl.gz'])
    expect(counts(found)).toEqual({ 'generated-data': 20_000 })
  })
})

describe.skipIf(!hasSharedData)('what lint finds in real data', () => {
  it('OpenHands index: costs of 0 that are unknown, and those that are missing', async () => {
    const found = await findings('openhands.db', [real('openhands_index', 'outcomes.csv.gz')])
    const rows = parse(gunzipSync(readFileSync(real('openhands_index', 'outcomes.csv.gz'))), {
      columns: true,
    }) as { cost_usd: string; quality: string }[]
    expect(counts(found)).toMatchObject({
      'zero-cost': rows.filter(({ cost_usd }) => cost_usd !== '' && Number(cost_usd) === 0).length,
      'unknown-cost': rows.filter(({ cost_usd }) => cost_usd === '').length,
      'unknown-quality': rows.filter(({ quality }) => quality === '').length,
    })
    expect(counts(found)).toMatchObject({ 'zero-cost': 283, 'unknown-cost': 204 })
    for (const { count, examples } of found.filter(
      ({ code }) => code === 'zero-cost' || code.includes('unknown'),
    ))
      expect(examples.length).toBe(Math.min(5, count))
  })

  it('RouterBench: its blank cells', async () => {
    const found = await findings('routerbench.db', [real('routerbench', 'outcomes.csv.gz')])
    const rows = parse(gunzipSync(readFileSync(real('routerbench', 'outcomes.csv.gz'))), {
      columns: true,
    }) as {
      quality: string
    }[]
    const blank = rows.filter(({ quality }) => quality === '').length
    expect(blank).toBe(68)
    expect(counts(found)['unknown-quality']).toBe(blank)
  })

  it('Qwen-mini: costs in CNY are refused without a rate, and taken with one', async () => {
    const file = real('qwen_mini', 'outcomes_cny.csv.gz')
    await expect(findings('refused.db', [file])).rejects.toThrow(/cost_cny is in CNY: .*--rate CNY=/)
    const found = await findings('qwen.db', [file], { rates: new Map([['CNY', 0.14]]) })
    expect(Object.keys(counts(found))).not.toContain('unknown-cost')
  })

  it("Portkey's cents, where they were read as dollars, and --fix makes dollars of them", async () => {
    const text = readFileSync(real('log_formats', 'portkey_logs_export.jsonl'), 'utf8')
    const {
      cost,
      ai_model: model,
      req_units,
      res_units,
      created_at,
    } = JSON.parse(text) as Record<string, never>
    const usage = { inputTokens: req_units, outputTokens: res_units }
    const calls = Array.from({ length: 25 }, (_, i) => ({
      id: `r${i}`,
      at: created_at,
      chosen: model,
      outcomes: [{ model, costUsd: cost, ...usage }],
    }))
    const prices = liteLlmBook('2026-08-06')
    const file = dir.file('portkey.jsonl', jsonl(...calls))
    const found = await findings('cents.db', [file], { prices })
    expect(found.find(({ code }) => code === 'cost-unit')).toMatchObject({
      count: 25,
      message: `costs of ${String(model)} are 100 times usage x price: they are cents`,
    })
    const fixed = writeFixed(dir.path('cents.db'), dir.path('dollars.jsonl'))
    expect(fixed.changes).toEqual({ 'cost-unit': 25 })
    expect(counts(await findings('dollars.db', [fixed.file], { prices }))).not.toHaveProperty('cost-unit')
    // Read as what it is, the export's cost is dollars from the beginning.
    const asPortkey = await findings('portkey.db', [real('log_formats', 'portkey_logs_export.jsonl')], {
      prices,
    })
    expect(counts(asPortkey)).not.toHaveProperty('cost-mismatch')
    expect(load(dir.path('portkey.db')).outcomes[0]?.costNanoUsd[0]).toBe(22_200)
  })

  it('LLMDrift: March and June of 2023 under one name, in quality and in cost of both models', async () => {
    const rows = parse(gunzipSync(readFileSync(real('llmdrift', 'outcomes.csv.gz'))), { columns: true }) as {
      query_id: string
      task: string
      model: string
      quality: string
      cost_usd: string
    }[]
    const timed = rows
      .filter(({ model, quality }) => /-(0301|0314|0613)$/.test(model) && quality !== '')
      .map(({ query_id, task, model, quality, cost_usd }, index) => {
        const [, name, version] = /^(.*)-(\d{4})$/.exec(model) ?? []
        const start = version === '0613' ? Date.UTC(2023, 5, 20) : Date.UTC(2023, 2, 20)
        return {
          id: `${query_id} ${model}`,
          // Spread over three days, in an order that no task follows.
          at: new Date(start + ((index * 7919) % 259_200) * 1000).toISOString(),
          task,
          chosen: name,
          outcomes: [
            {
              model: name,
              quality: Number(quality),
              ...(cost_usd === '' ? {} : { costUsd: Number(cost_usd) }),
            },
          ],
        }
      })
    const found = await findings('drift.db', [dir.file('drift.jsonl', jsonl(...timed))])
    const changed = found.filter(({ code }) => code === 'changed-model').map(({ message }) => message)
    expect(
      changed.map((message) => /^the (quality|cost) of (\S+) went/.exec(message)?.slice(1).join(' ')).sort(),
    ).toEqual(['cost gpt-3.5-turbo', 'cost gpt-4', 'quality gpt-3.5-turbo', 'quality gpt-4'])
    const june = timed.filter(({ at }) => at > '2023-06')
    for (const { message, count } of found.filter(({ code }) => code === 'changed-model')) {
      const [, name] = / of (\S+) went/.exec(message) ?? []
      const since = june.filter(({ chosen }) => chosen === name).length
      expect(Math.abs(count / since - 1), message).toBeLessThan(0.02)
    }
  })
})
