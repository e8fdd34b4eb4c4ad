import { describe, expect, it } from 'vitest'
import { arrivalsOption } from '../../src/cli/arrivals-option.js'
import { importLog, load, workdir } from './workdir.js'

const dir = workdir()
const MATRIX = [
  'query_id,task,model,quality,cost_usd',
  ...[1, 2, 3, 4, 5].map((i) => `q${i},t,m,1,0.5`),
].join('\n')
const TRACE = [
  'TIMESTAMP,ContextTokens,GeneratedTokens',
  '2023-11-16 18:00:00,100,10',
  '2023-11-16 18:00:07,200,20',
  '2023-11-16 18:00:09,300,30',
].join('\n')
const START = Date.UTC(2023, 10, 16, 18)

describe('--arrivals FILE', () => {
  const importWith = async (tokens: boolean): Promise<ReturnType<typeof load>> => {
    const arrivals = { trace: dir.file('trace.csv', TRACE), tokens, seed: 1 }
    const result = await importLog({ log: dir.path('x.db'), files: [dir.file('m.csv', MATRIX)], arrivals })
    expect(result.warnings.map(({ code }) => code)).toEqual(['trace-times'])
    expect(result.warnings[0]?.message).toContain('3 arrivals and is laid 2 times in a row')
    return load(dir.path('x.db'))
  }

  it("gives a matrix the trace's times, again after its mean gap where it is too short", async () => {
    const table = await importWith(false)
    expect([...table.at].map((at) => at - START)).toEqual([0, 7000, 9000, 13_500, 20_500])
    expect(table.arrivals).toBe('synthetic')
    expect(table.outcomes[0]!.costNanoUsd[0]).toBe(5e8)
  })

  it("with its tokens: every model has the trace's counts, and costs of other counts are unknown", async () => {
    const table = await importWith(true)
    expect([...table.inputTokensEstimate]).toEqual([100, 200, 300, 100, 200])
    expect([...table.inputTokensBound]).toEqual([100, 200, 300, 100, 200])
    expect([...table.outcomes[0]!.outputTokens]).toEqual([10, 20, 30, 10, 20])
    expect(table.outcomes[0]!.costNanoUsd[0]).toBeNaN()
    expect(table.outcomes[0]!.quality[0]).toBe(1)
  })

  it('draws the order by lot: another seed, another order and another hash', async () => {
    const orders = []
    for (const seed of [1, 2, 3]) {
      const log = dir.path(`${seed}.db`)
      const arrivals = { trace: dir.file('trace.csv', TRACE), tokens: false, seed }
      await importLog({ log, files: [dir.file('m.csv', MATRIX)], arrivals })
      const { ids, hash } = load(log)
      orders.push({ ids: ids.join(), hash })
    }
    expect(new Set(orders.map(({ ids }) => ids)).size).toBeGreaterThan(1)
    expect(new Set(orders.map(({ hash }) => hash)).size).toBe(3)
  })

  it('refuses a trace without times or with rows that cannot be read', async () => {
    const use = (trace: string): Promise<unknown> =>
      importLog({
        log: dir.path('x.db'),
        files: [dir.file('m.csv', MATRIX)],
        arrivals: { trace, tokens: false, seed: 1 },
      })
    await expect(use(dir.file('m2.csv', MATRIX))).rejects.toThrow(/no arrival with a time/)
    await expect(use(dir.file('t.csv', `${TRACE}\nsoon,1,1`))).rejects.toThrow(
      /t\.csv:5 cannot be read: TIMESTAMP/,
    )
  })

  it('is told from a rate by its form', () => {
    expect(arrivalsOption('5/s', 1)).toEqual({ perSecond: 5, seed: 1 })
    expect(arrivalsOption('traces/azure.csv.gz', 1, true)).toEqual({
      trace: 'traces/azure.csv.gz',
      tokens: true,
      seed: 1,
    })
    expect(() => arrivalsOption('5/d', 1)).toThrow(/must look like 5\/s/)
    expect(() => arrivalsOption('5/s', 1, true)).toThrow(/--arrival-tokens needs a trace/)
    expect(() => arrivalsOption('a.csv', undefined)).toThrow(/name a --seed/)
  })
})
