import { describe, expect, it } from 'vitest'
import { storeFacts } from '../../../src/logs/store-facts.js'
import { openLog } from '../../../src/logs/store.js'
import type { ChosenBook } from '../../../src/logs/prices/chosen-book.js'
import { parsePriceBook } from '../../../src/logs/prices/parse-price-book.js'
import { importLog, jsonl, load, workdir } from '../workdir.js'

const dir = workdir()
const equals = (id: string, prices: unknown): object => ({ id, match: { equals: id }, prices })
const BOOK = JSON.stringify([
  {
    id: 'one',
    models: [
      equals('plain', { input_mtok: 1, cache_read_mtok: 0.1, output_mtok: 2 }),
      equals('dated', [
        { prices: { input_mtok: 1, output_mtok: 2 } },
        { constraint: { start_date: '2026-09-01' }, prices: { input_mtok: 10, output_mtok: 20 } },
      ]),
      equals('both', { input_mtok: 1, output_mtok: 2 }),
    ],
  },
  { id: 'two', models: [equals('both', { input_mtok: 7, output_mtok: 8 })] },
])

function prices(date?: string): ChosenBook {
  return {
    book: parsePriceBook(BOOK, { file: 'book.json', rates: new Map() }),
    name: 'book.json',
    date: date === undefined ? undefined : Date.parse(`${date}T00:00:00Z`),
    service: 'standard',
    aliases: new Map(),
  }
}

const usage = { inputTokens: 1000, outputTokens: 500 }
const call = (id: string, at: string | undefined, outcome: object): object => ({
  id,
  ...(at === undefined ? {} : { at }),
  outcomes: [{ ...usage, ...outcome }],
})

function factsOf(log: string): ReturnType<typeof storeFacts> {
  const store = openLog(log)
  try {
    return storeFacts(store)
  } finally {
    store.close()
  }
}

describe('import --prices', () => {
  it('computes the cost of usage at the price of the call, and keeps what was recorded', async () => {
    const log = dir.path('x.db')
    const file = dir.file(
      'a.jsonl',
      jsonl(
        call('r1', '2026-08-31T23:59:59Z', { model: 'dated' }),
        call('r2', '2026-09-01T00:00:00Z', { model: 'dated' }),
        call('r3', '2026-09-01T00:00:00Z', { model: 'plain', cachedInputTokens: 400 }),
        call('r4', '2026-09-01T00:00:00Z', { model: 'plain', costUsd: 0.004 }),
        call('r5', '2026-09-01T00:00:00Z', { model: 'plain', costUsd: 0.002 }),
      ),
    )
    const result = await importLog({ log, files: [file], prices: prices() })
    expect(result.prices?.costs).toEqual({
      book: 'book.json',
      date: null,
      service: 'standard',
      computed: 5,
      filled: 3,
    })
    const table = load(log)
    const costs = Object.fromEntries(
      table.ids.map((id, row) => [id, table.outcomes.map(({ costNanoUsd }) => costNanoUsd[row])]),
    )
    expect(costs).toEqual({
      r1: [2_000_000, NaN],
      r2: [20_000_000, NaN],
      r3: [NaN, 1_640_000],
      r4: [NaN, 4_000_000],
      r5: [NaN, 2_000_000],
    })
    expect(factsOf(log)).toMatchObject({
      prices: { book: 'book.json', date: null },
      costMismatches: [
        { model: 'plain', both: 2, differing: 1, meanRatio: 2, rule: 'plain -> one/plain: exact' },
      ],
    })
  })

  it('prices as of the day that was named, and again with another one', async () => {
    const log = dir.path('x.db')
    const file = dir.file('a.jsonl', jsonl(call('r1', '2026-08-01T00:00:00Z', { model: 'dated' })))
    await importLog({ log, files: [file], prices: prices('2026-09-01') })
    const first = load(log)
    await importLog({ log, files: [file], prices: prices('2026-08-31') })
    const second = load(log)
    expect([first, second].map(({ outcomes }) => outcomes[0]?.costNanoUsd[0])).toEqual([
      20_000_000, 2_000_000,
    ])
    expect(first.hash).not.toBe(second.hash)
  })

  it('says which models and times it could not price, and under --strict changes nothing', async () => {
    const log = dir.path('x.db')
    const file = dir.file(
      'a.jsonl',
      jsonl(
        call('r1', undefined, { model: 'dated' }),
        call('r2', undefined, { model: 'plain' }),
        call('r3', undefined, { model: 'both' }),
        call('r4', undefined, { model: 'nobody' }),
      ),
    )
    const { prices: priced, warnings } = await importLog({ log, files: [file], prices: prices() })
    expect(priced?.costs).toMatchObject({ computed: 1, filled: 1 })
    const told = warnings.map(({ message }) => message).join('\n')
    expect(told).toMatch(/several prices of both: one\/both, two\/both; say which, such as --price-as/)
    expect(told).toMatch(/no price of nobody/)
    expect(told).toMatch(/1 outcomes have no time.*--prices book\.json@2026-08-06/)
    await expect(importLog({ log, files: [file], prices: prices(), strict: true })).rejects.toThrow(
      /--strict/,
    )
    expect(factsOf(log).prices).toMatchObject({ computed: 1 })
  })

  it('forgets what it computed of usage that a later file replaces', async () => {
    const log = dir.path('x.db')
    const row = call('r1', '2026-08-01T00:00:00Z', { model: 'plain' })
    await importLog({ log, files: [dir.file('a.jsonl', jsonl(row))], prices: prices() })
    const later = call('r1', undefined, { model: 'plain', inputTokens: 9 })
    await importLog({ log, files: [dir.file('b.jsonl', jsonl(later))] })
    expect(load(log).outcomes[0]?.costNanoUsd[0]).toBeNaN()
  })
})

describe('costs in another currency', () => {
  const matrix = 'query_id,task,model,quality,cost_cny\nq1,t,a,1,0.5\n'

  it('are turned into dollars at the rate that is given', async () => {
    const log = dir.path('x.db')
    await importLog({ log, files: [dir.file('m.csv', matrix)], rates: new Map([['CNY', 0.14]]) })
    expect(load(log).outcomes[0]?.costNanoUsd[0]).toBe(70_000_000)
  })

  it('are refused without one, with the way out', async () => {
    const log = dir.path('x.db')
    await expect(importLog({ log, files: [dir.file('m.csv', matrix)] })).rejects.toThrow(
      /cost_cny is in CNY: .*--rate CNY=0\.14/,
    )
  })
})
