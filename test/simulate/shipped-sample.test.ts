import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import { defaultCounter } from '../../src/router/default-counter.js'
import { FRONTIER } from '../../src/simulate/models.js'
import { SAMPLE_REQUESTS, SAMPLE_SEED, sampleFiles } from '../../src/simulate/sample-files.js'
import { mean } from './a-week.js'

const LOG = 'datasets/coding-week.jsonl.gz'
const TRUTH = 'datasets/coding-week-truth.csv.gz'
const unpack = (path: string): string => gunzipSync(readFileSync(path)).toString('utf8')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const log = unpack(LOG)
const [header = '{}', ...lines] = log.trimEnd().split('\n')
const records = lines.map((line) => JSON.parse(line) as LogRecord)
const outcomes = (model: string): readonly { readonly costUsd: number; readonly quality: number }[] =>
  records.map((record) => {
    const { costUsd = NaN, quality = NaN } = record.outcomes?.find((outcome) => outcome.model === model) ?? {}
    return { costUsd, quality }
  })

describe('the shipped sample', () => {
  it('is what the generator makes today, and the card names both checksums', () => {
    const counter = defaultCounter()
    const made = sampleFiles({
      seed: SAMPLE_SEED,
      requests: SAMPLE_REQUESTS,
      countTokens: (text) => counter.count(text),
    })
    expect(sha256(made.log)).toBe(sha256(log))
    expect(sha256(made.truth)).toBe(sha256(unpack(TRUTH)))
    const card = readFileSync('datasets/README.md', 'utf8')
    expect(card).toContain(sha256(made.log))
    expect(card).toContain(sha256(made.truth))
  })

  it('is small enough to ship', () => {
    expect(statSync(LOG).size).toBeLessThan(4e6)
    expect(statSync(TRUTH).size).toBeLessThan(2e5)
  })

  it('says in its first line that it is synthetic', () => {
    expect(JSON.parse(header)).toMatchObject({ tollgateLog: 1, synthetic: true, requestsPerDay: 50_000 })
  })

  it('costs what the calls cost today: about $47,000 a month at full scale', () => {
    const costUsd = mean(outcomes(FRONTIER).map((outcome) => outcome.costUsd))
    expect(costUsd).toBeGreaterThan(0.03)
    expect(costUsd).toBeLessThan(0.032)
    expect(costUsd * 50_000 * 30).toBeCloseTo(47_000, -3)
  })

  it('has a frontier that is nearly always good enough and a small model that often is', () => {
    const accepted = (model: string): number => mean(outcomes(model).map((outcome) => outcome.quality))
    expect(accepted(FRONTIER)).toBeGreaterThan(0.93)
    expect(accepted(FRONTIER)).toBeLessThan(0.95)
    expect(accepted('openai/gpt-5-mini')).toBeGreaterThan(0.62)
    expect(accepted('openai/gpt-5-mini')).toBeLessThan(0.7)
  })

  it('records costs that its own prices and tokens explain', () => {
    for (const record of records.slice(0, 500)) {
      const call = record.outcomes?.find((outcome) => outcome.model === FRONTIER)
      const price = ((call?.inputTokens ?? 0) * 15 + (call?.outputTokens ?? 0) * 75) / 1e6
      expect(call?.costUsd).toBeCloseTo(price, 9)
    }
  })
})
