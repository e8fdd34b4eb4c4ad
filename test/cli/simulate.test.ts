import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-simulate-'))
const path = (name: string): string => join(folder, name)
const run = (...args: readonly string[]): Promise<Finished> => runCli(BUILT, args, folder)
const SMALL = 'openai/gpt-5-mini'

interface Simulated {
  readonly calls: Readonly<Record<string, number>>
  readonly truth: { readonly models: readonly { readonly id: string; readonly quality: number }[] }
}

interface Replayed {
  readonly runs: readonly { readonly quality: number; readonly qualityCi: readonly [number, number] }[]
}

async function replayed(log: string): Promise<Replayed['runs'][number]> {
  const imported = await run('import', `${log}.jsonl`, '--log', `${log}.db`, '--strict')
  expect(imported.code, imported.err).toBe(0)
  const done = await run('replay', '--log', `${log}.db`, '--policy', 'small.json', '--json')
  expect(done.code, done.err).toBe(0)
  return (JSON.parse(done.out) as Replayed).runs.at(-1)!
}

describe('tollgate simulate', { timeout: 120_000 }, () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('an exploring log tells what is true of a model that was rarely called', async () => {
    const options = ['--requests', '3000', '--logger', 'epsilon:0.4', '--seed', '3', '--json']
    const done = await run('simulate', '--out', 'log.jsonl', '--truth', 'truth.jsonl', ...options)
    expect(done.code, done.err).toBe(0)
    const { calls, truth } = JSON.parse(done.out) as Simulated
    expect(calls[SMALL]).toBeLessThan(400)
    const policy = JSON.parse(readFileSync('policies/heuristic.json', 'utf8')) as Record<string, unknown>
    const { contentHash: _, ...rest } = policy
    const own = { ...rest, selector: { kind: 'fixed', model: SMALL }, budgets: [] }
    writeFileSync(path('small.json'), JSON.stringify(own))
    const quality = truth.models.find(({ id }) => id === SMALL)!.quality
    expect((await replayed('truth')).quality).toBeCloseTo(quality, 12)
    const { qualityCi } = await replayed('log')
    expect(qualityCi[0]).toBeLessThan(quality)
    expect(qualityCi[1]).toBeGreaterThan(quality)
    expect(qualityCi[1] - qualityCi[0]).toBeLessThan(0.2)
  })

  it('a log whose prompts tell nothing gives no evidence of skill', async () => {
    const done = await run('simulate', '--out', 'null.jsonl', '--requests', '3000', '--signal', '0')
    expect(done.code, done.err).toBe(0)
    const imported = await run('import', 'null.jsonl', '--log', 'null.db')
    expect(imported.code, imported.err).toBe(0)
    const judged = await run('frontier', '--log', 'null.db', '--classifier', 'task', '--json')
    const { classifiers } = JSON.parse(judged.out) as { classifiers: readonly { verdict: string }[] }
    expect(classifiers.map(({ verdict }) => verdict)).toEqual(['no evidence'])
  })

  it('writes the same bytes for the same seed, packed where the name says so', async () => {
    const simulate = async (name: string, seed: string): Promise<Buffer> => {
      const done = await run('simulate', '--out', name, '--requests', '50', '--signal', '0.5', '--seed', seed)
      expect(done.code, done.err).toBe(0)
      expect(done.out).toContain('50 simulated requests')
      return readFileSync(path(name))
    }
    const [first, second] = [await simulate('a.jsonl.gz', '1'), await simulate('b.jsonl.gz', '1')]
    expect(first.equals(second)).toBe(true)
    expect([...first.subarray(0, 2)]).toEqual([0x1f, 0x8b])
    expect(first.equals(await simulate('c.jsonl.gz', '2'))).toBe(false)
  })

  it('tells all that is wrong of its options at once', async () => {
    const { code, err } = await run(
      ...['simulate', '--out', 'x.jsonl', '--logger', 'epsilon:2', '--requests', '0', '--signal', '-1'],
    )
    expect(code).toBe(2)
    for (const said of ['--logger must be', '--requests must be', '--signal must be'])
      expect(err).toContain(said)
  })
})
