import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { BUILT, runCli, type Finished } from '../cli/built.js'
import { aPolicyFile } from './builders.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-tune-'))
const path = (name: string): string => join(folder, name)
let dist = ''

/** A log whose prompts with "prove" only the dear model answers. */
function records(models: readonly string[]): string {
  const random = createRandom(3)
  const lines = Array.from({ length: 1500 }, (_, row) => {
    const hard = random.next() < 0.4
    const worth = (model: string): number =>
      random.next() < (hard && model === 'cheap' ? 0.1 : 0.96) ? 1 : 0
    return JSON.stringify({
      id: `r${row}`,
      at: new Date(Date.UTC(2026, 10, 2) + row * 60_000).toISOString(),
      scope: { session: `s${Math.floor(row / 3)}` },
      prompt: hard ? `prove lemma ${row}` : `say hello ${row}`,
      chosen: 'dear',
      outcomes: models.map((model) => ({
        model,
        inputTokens: 20,
        outputTokens: 50,
        costUsd: model === 'dear' ? 0.01 : 0.001,
        quality: worth(model),
      })),
    })
  })
  return `${lines.join('\n')}\n`
}

function tuneWith(...more: readonly string[]): Promise<Finished> {
  const candidates = more.includes('--candidates') ? [] : ['--candidates', '60']
  const given = ['--policy', path('start.json'), ...candidates]
  return runCli(dist, [
    'tune',
    ...(more.includes('--log') ? [] : ['--log', path('log.db')]),
    ...given,
    ...more,
  ])
}

describe('tollgate tune', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    dist = BUILT
    writeFileSync(path('start.json'), JSON.stringify(aPolicyFile()))
    writeFileSync(path('log.jsonl'), records(['cheap', 'dear']))
    writeFileSync(path('one.jsonl'), records(['dear']))
    for (const name of ['log', 'one']) {
      const done = await runCli(dist, ['import', path(`${name}.jsonl`), '--log', path(`${name}.db`)])
      expect(done.code, done.err).toBe(0)
    }
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('writes a tuned policy, and the same bytes again, on one thread or several', async () => {
    const constraint = ['--subject-to', 'quality >= 0.95 * baseline']
    const done = await tuneWith(...constraint, '--out', path('a.json'), '--workers', '2', '--json')
    expect(done.code, done.err).toBe(0)
    const result = JSON.parse(done.out) as Record<string, unknown>
    expect(result).toMatchObject({
      log: { requests: 1500, arrivals: 'logged', evidence: 'full-matrix' },
      candidates: 60,
      chosen: { policyId: 'start-tuned', file: path('a.json') },
      constraints: ['quality >= 0.95 * baseline', 'servedShare >= baseline'],
    })
    const again = await tuneWith(...constraint, '--out', path('b.json'), '--workers', '1')
    expect(again.code, again.err).toBe(0)
    expect(again.out).toContain('held out (unseen)')
    expect(readFileSync(path('b.json'))).toEqual(readFileSync(path('a.json')))
    const { createdAt, models } = JSON.parse(readFileSync(path('a.json'), 'utf8')) as Record<string, unknown>
    expect(createdAt).toBe('2026-11-03T00:59:00.000Z')
    expect(models).toEqual(aPolicyFile()['models'])
    const loads = await runCli(dist, [
      'replay',
      '--log',
      path('log.db'),
      '--policy',
      path('a.json'),
      '--json',
    ])
    expect(loads.code, loads.err).toBe(0)
  })

  it('writes nothing and exits with 3 when no candidate keeps the constraints', async () => {
    const done = await tuneWith(
      '--subject-to',
      'quality >= 0.99',
      '--subject-to',
      'cost <= 0.002',
      '--out',
      path('none.json'),
    )
    expect(done.code, done.err).toBe(3)
    expect(done.out).toContain('none is chosen')
    expect(existsSync(path('none.json.trials.jsonl'))).toBe(false)
    expect(existsSync(path('none.json'))).toBe(false)
  })

  it.each([
    [['--objective', 'min costs'], /position 5 \(costs\).*did you mean cost\?/],
    [['--subject-to', 'qualty >= 1'], /did you mean quality\?/],
    [['--candidates', '0'], /--candidates must be a whole number from 1/],
    [['--workers', '0'], /--workers must be a whole number from 1/],
    [['--baseline', 'model:deer'], /did you mean dear\?/],
  ])('says what is wrong with %j and exits with 2', async (more, message) => {
    const done = await tuneWith(...more, '--out', path('bad.json'))
    expect(done.code).toBe(2)
    expect(done.err).toMatch(message)
    expect(existsSync(path('bad.json'))).toBe(false)
  })

  it('refuses quality on a log with one outcome a request', async () => {
    const done = await tuneWith('--log', path('one.db'), '--subject-to', 'quality >= 0.9 * baseline')
    expect(done.code).toBe(2)
    expect(done.err).toMatch(/cheap 0\.0 %, dear 100\.0 %.*way out/s)
  })
})
