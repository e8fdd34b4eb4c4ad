import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-whatif-'))
const path = (name: string): string => join(folder, name)
let dist = ''

const entry = (input: number, output: number): object => ({
  input_cost_per_token: input / 1e6,
  output_cost_per_token: output / 1e6,
})

const line = (row: number): string =>
  JSON.stringify({
    id: `r${row}`,
    at: new Date(Date.UTC(2026, 7, 6) + row * 60_000).toISOString(),
    prompt: `say hello ${row}`,
    outcomes: [
      { model: 'small', inputTokens: 100, outputTokens: 10, quality: 1 },
      { model: 'large', inputTokens: 100, outputTokens: 10, quality: 1, costUsd: 0.003 },
    ],
  })

const cli = (...args: readonly string[]): Promise<Finished> => runCli(dist, args)

describe('price books on the command line', { timeout: 60_000 }, () => {
  beforeAll(() => {
    dist = BUILT
    writeFileSync(path('log.jsonl'), `${Array.from({ length: 60 }, (_, row) => line(row)).join('\n')}\n`)
    writeFileSync(path('now.json'), JSON.stringify({ small: entry(1, 2), 'vendor/large': entry(10, 50) }))
    writeFileSync(path('then.json'), JSON.stringify({ small: entry(30, 60), large: entry(10, 50) }))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('import prices usage, and shows by which rule', async () => {
    const told = await cli('import', path('log.jsonl'), '--log', path('log.db'), '--prices', path('now.json'))
    expect(told.code, told.err).toBe(0)
    expect(told.out).toContain('120 outcomes computed from usage at standard prices of now.json')
    expect(told.out).toContain('large -> vendor/large: provider prefix')
    const again = await cli(
      ...[
        'import',
        path('log.jsonl'),
        '--log',
        path('log.db'),
        '--prices',
        `${path('now.json')}@2026-08-06`,
        '--json',
      ],
    )
    expect(JSON.parse(again.out)).toMatchObject({
      prices: { book: 'now.json', date: '2026-08-06', computed: 120, filled: 60 },
    })
  })

  it('init writes the book and the day of its prices into the policy', async () => {
    const told = await cli(
      ...['init', '--log', path('log.db'), '--models', 'small,large', '--prices', path('now.json')],
      ...['--out', path('policy.json')],
    )
    expect(told.code, told.err).toBe(0)
    expect(JSON.parse(readFileSync(path('policy.json'), 'utf8'))).toMatchObject({
      prices: { book: 'now.json', date: '2026-08-06' },
      models: [{ pricing: { promptPer1m: 1 } }, { pricing: { promptPer1m: 10 } }],
    })
  })

  it('whatif prints today next to the change, and the same bytes each time', async () => {
    const args = ['whatif', '--log', path('log.db'), '--policy', path('policy.json')]
    const prices = ['--prices', `${path('then.json')}@2026-12-01`]
    const [first, second] = [await cli(...args, ...prices, '--json'), await cli(...args, ...prices, '--json')]
    expect(first).toEqual({ code: 0, out: second.out, err: '' })
    // From 12.5 times its price on, small costs more than large's list price, and the policy goes over to large. But large
    // is recorded at twice its list price, so that small alone is better until it costs as much as that.
    expect(JSON.parse(first.out)).toMatchObject({
      bestToday: 'policy',
      bestChanged: 'policy',
      breakEven: { from: 'policy', to: 'model:small' },
    })
    const { breakEven } = JSON.parse(first.out) as { breakEven: { at: number } }
    expect(1 + 29 * breakEven.at).toBeCloseTo(12.5, 2)
    const told = await cli(...args, ...prices, '--out', path('report.html'))
    expect(told.out).toContain('Break-even: small alone becomes better than policy')
    expect(readFileSync(path('report.html'), 'utf8')).toContain('Break-even: small alone')
  })

  it('tells all that is wrong with the change, with the way out', async () => {
    const args = ['whatif', '--log', path('log.db'), '--policy', path('policy.json')]
    const told = await cli(...args, '--price', 'small.prompt=1', '--traffic', '3')
    expect(told.code).toBe(2)
    expect(told.err).toMatch(/--traffic must be a factor/)
    expect((await cli(...args)).err).toMatch(/nothing would change: give --price/)
  })
})
