import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { aModel, aPolicyFile } from '../builders/a-policy.js'
import { jsonl } from '../logs/workdir.js'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-sample-'))
const path = (name: string): string => join(folder, name)
const run = (...args: readonly string[]): Promise<Finished> => runCli(BUILT, args, folder)
const REQUESTS = 1000

interface Outcome {
  readonly model: string
  readonly quality: number
  readonly costUsd: number
}

/** By id: what `small` would have answered. The log has the answers of `large` alone. */
const truth = new Map<string, Outcome>()

function aLog(): string {
  const random = createRandom(11)
  return jsonl(
    ...Array.from({ length: REQUESTS }, (_, index) => {
      const task = random.next() < 0.4 ? 'debug' : 'chat'
      const outcome = (model: string, chance: number, usd: number): Outcome => ({
        model,
        quality: random.next() < chance ? 1 : 0,
        costUsd: usd * (0.5 + random.next()),
      })
      const large = outcome('large', 0.9, 0.01)
      truth.set(`r${index}`, outcome('small', task === 'debug' ? 0.5 : 0.8, 0.001))
      return {
        id: `r${index}`,
        at: new Date(Date.UTC(2026, 10, 2) + index * 60_000).toISOString(),
        task,
        prompt: `question ${index}`,
        chosen: 'large',
        outcomes: [large],
      }
    }),
  )
}

/** Prices at which every model is expected to cost what it does on average: nothing for input, all for output. */
const POLICY = aPolicyFile({
  policyId: 'cheap',
  models: [
    aModel('small', 0, { inputUsd: 0, outputUsd: 10 }),
    aModel('large', 1, { inputUsd: 0, outputUsd: 100 }),
  ],
  selector: { kind: 'fixed', model: 'small' },
})

interface Line {
  readonly id: string
  readonly models: readonly string[]
  readonly probability: number
  readonly prompt: string
}

function sampleLines(): Line[] {
  const [, ...lines] = readFileSync(path('sample.jsonl'), 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Line)
}

const answers = (lines: readonly Line[]): string =>
  jsonl(...lines.map(({ id }) => ({ id, outcomes: [truth.get(id)] })))

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const QUALITY = 'What quality would another policy have kept?'

interface Inspected {
  readonly log: { readonly evidence: string }
  readonly oracle: { readonly quality: number | null }
  readonly warnings: readonly { readonly code: string }[]
  readonly answers: readonly { readonly question: string; readonly can: boolean; readonly because: string }[]
}

async function inspect(): Promise<Inspected> {
  const { code, out, err } = await run('inspect', '--log', 'log.db', '--json')
  expect(code, err).toBe(0)
  return JSON.parse(out) as Inspected
}

describe('tollgate sample and import --attach', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    writeFileSync(path('log.jsonl'), aLog())
    writeFileSync(path('policy.json'), JSON.stringify(POLICY))
    const selector = { kind: 'fixed', model: 'large' }
    writeFileSync(path('large.json'), JSON.stringify({ ...POLICY, models: POLICY.models.slice(1), selector }))
    const { code, err } = await run('import', 'log.jsonl', '--log', 'log.db')
    expect(code, err).toBe(0)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const sample = (...more: readonly string[]): Promise<Finished> =>
    run('sample', '--log', 'log.db', '--policy', 'policy.json', '--out', 'sample.jsonl', ...more)

  it('asks no model whose answers the log has, also where it does not say which was called', async () => {
    const answered = Array.from({ length: 40 }, (_, index) => ({
      id: `r${index}`,
      prompt: `question ${index}`,
      outcomes: [{ model: 'large', quality: index % 2, costUsd: 0.01 }],
    }))
    writeFileSync(path('unnamed.jsonl'), jsonl(...answered))
    await run('import', 'unnamed.jsonl', '--log', 'unnamed.db')
    const asked = await run(
      'sample',
      '--log',
      'unnamed.db',
      '--policy',
      'policy.json',
      '--out',
      'ask.jsonl',
      '--json',
    )
    expect(asked.code, asked.err).toBe(0)
    expect(JSON.parse(asked.out)).toMatchObject({ models: ['small'] })
    const known = await run('sample', '--log', 'unnamed.db', '--policy', 'large.json', '--out', 'no.jsonl')
    expect(known).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is nothing to ask') as string,
    })
  })

  it('are refused with what is wrong, and nothing is written', async () => {
    writeFileSync(path('some.jsonl'), jsonl({ id: 'r0', outcomes: [{ model: 'small', quality: 1 }] }))
    const attach = (file: string): Promise<Finished> =>
      run('import', 'some.jsonl', '--attach', file, '--log', 'log.db')
    const refused = await Promise.all([
      sample('--models', 'other'),
      sample('--detect', '0'),
      sample('--power', '1'),
      attach('nowhere.jsonl'),
      attach('some.jsonl'),
    ])
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2])
    const messages = [
      'the policy has no model other; it has small, large',
      '--detect',
      '--power',
      'nowhere.jsonl does not exist',
      'some.jsonl:1 is no line of a sample',
    ]
    for (const [index, message] of messages.entries()) expect(refused[index]!.err).toContain(message)
    expect(existsSync(path('sample.jsonl'))).toBe(false)
  })

  it('lead from a log of one model to estimates of another', async () => {
    const [before, drawn] = await Promise.all([inspect(), sample('--detect', '0.1', '--json')])
    expect(before.warnings.map(({ code }) => code)).toContain('one-model')
    const open = before.answers.find(({ question }) => question === QUALITY)
    expect(open).toMatchObject({ can: false, because: expect.stringContaining('tollgate sample') as string })

    expect(drawn.code, drawn.err).toBe(0)
    const plan = JSON.parse(drawn.out) as { drawn: number; detects: number; totalCostUsd: number }
    const lines = sampleLines()
    expect(lines).toHaveLength(plan.drawn)
    expect(plan.detects).toBeLessThanOrEqual(0.1)
    expect(lines[0]).toMatchObject({
      models: ['small'],
      prompt: expect.stringMatching(/^question /) as string,
    })
    // Horvitz and Thompson: 1 / chance adds up to the log.
    expect(lines.reduce((sum, { probability }) => sum + 1 / probability, 0)).toBeCloseTo(REQUESTS, 6)
    const real = lines.reduce((sum, { id }) => sum + truth.get(id)!.costUsd, 0)
    expect(Math.abs(real / plan.totalCostUsd - 1)).toBeLessThan(0.05)

    writeFileSync(path('answers.jsonl'), answers(lines))
    const attached = await run('import', 'answers.jsonl', '--attach', 'sample.jsonl', '--log', 'log.db')
    expect(attached.code, attached.err).toBe(0)

    const after = await inspect()
    expect(after.log.evidence).toBe('logged-propensity')
    expect(after.oracle.quality).toBeNull()
    expect(after.warnings.map(({ code }) => code)).not.toContain('one-model')
    expect(after.answers.find(({ question }) => question === QUALITY)).toMatchObject({
      can: true,
      because: expect.stringContaining(`small answered a sample of ${plan.drawn} of the 1000`) as string,
    })

    const replay = (...more: readonly string[]): Promise<Finished> =>
      run('replay', '--log', 'log.db', '--policy', ...more)
    const [replayed, turned, text, again] = await Promise.all([
      replay('policy.json', '--json'),
      replay('model:large', '--baseline', 'policy.json', '--json'),
      replay('policy.json'),
      sample(),
    ])
    expect(replayed.code, replayed.err).toBe(0)
    const [baseline, cheap] = (JSON.parse(replayed.out) as { runs: Run[] }).runs as [Run, Run]
    const all = [...truth.values()]
    const [quality, costUsd] = [mean(all.map((one) => one.quality)), mean(all.map((one) => one.costUsd))]
    // Four standard errors to either side: the interval is two.
    expect(Math.abs(cheap.quality - quality)).toBeLessThan(cheap.qualityCi[1] - cheap.qualityCi[0])
    expect(Math.abs(cheap.meanCostUsd - costUsd)).toBeLessThan(cheap.costCi[1] - cheap.costCi[0])
    expect(cheap.qualityCi[1] - cheap.qualityCi[0]).toBeLessThan(0.14)
    expect(cheap.evidence.identification).toBe('estimated')
    expect(cheap.evidence.sentences.join(' ')).toContain('a sample of the requests, drawn with known chances')
    // The baseline was called on every request: what it cost is known, so what is saved is too.
    expect(baseline.evidence.identification).toBe('recorded')
    expect(cheap.baselineCostUsd).toBeCloseTo(baseline.costUsd, 9)
    expect(cheap.savedByRouting).toBeCloseTo(baseline.costUsd - cheap.costUsd, 6)
    const share = cheap.savedByRouting / cheap.baselineCostUsd
    expect(cheap.savingsCi[0]).toBeLessThan(share)
    expect(cheap.savingsCi[1]).toBeGreaterThan(share)
    expect(cheap.qualityDelta).toBeCloseTo(cheap.quality - baseline.quality, 9)
    expect(cheap.qualityDeltaCi[1]).toBeLessThan(0)

    const [, large] = (JSON.parse(turned.out) as { runs: Run[] }).runs as [Run, Run]
    expect(large.savedByRouting).toBeCloseTo(-cheap.savedByRouting, 6)
    expect(large.qualityDelta).toBeCloseTo(-cheap.qualityDelta, 9)

    expect(text.out).toMatch(/^cheap .* (89|90|91)\.\d %/m)
    expect(text.out).not.toMatch(/^cheap .*unknown/m)

    expect(again).toMatchObject({ code: 2 })
    expect(again.err).toContain('a sample is attached to this log already')
  })
})

interface Run {
  readonly quality: number
  readonly qualityCi: readonly [number, number]
  readonly qualityDelta: number
  readonly qualityDeltaCi: readonly [number, number]
  readonly costUsd: number
  readonly meanCostUsd: number
  readonly costCi: readonly [number, number]
  readonly baselineCostUsd: number
  readonly savedByRouting: number
  readonly savingsCi: readonly [number, number]
  readonly evidence: { readonly identification: string; readonly sentences: readonly string[] }
}
