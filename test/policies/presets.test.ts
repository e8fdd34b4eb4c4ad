import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import { measure, promptMessages } from '../../src/core/measure.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { defaultCounter } from '../../src/router/default-counter.js'
import { MODELS } from '../../src/simulate/models.js'

const PRESETS = [
  'all-frontier',
  'fixed-day',
  'heuristic',
  'priority-reserve',
  'project-lifetime',
  'reserve-day',
  'rollover-day',
  'shuffled-control',
  'sliding-day',
  'token-bucket',
  'worst-case-caps',
]
const read = (name: string): Policy => parsePolicy(JSON.parse(readFileSync(`policies/${name}.json`, 'utf8')))
const linesOf = (path: string): string[] => gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n').slice(1)

describe('the presets', () => {
  it('are all there', () => {
    expect(readdirSync('policies')).toEqual(expect.arrayContaining(PRESETS.map((name) => `${name}.json`)))
  })

  it.each(PRESETS)('%s parses, is named like its file and says what it is for', (name) => {
    const policy = read(name)
    expect(policy.policyId).toBe(name)
    expect(policy.file.description?.length).toBeGreaterThan(40)
    expect(policy.file.$schema).toBe('../dist/policy.schema.json')
    expect(policy.file.reservation.mode).toBe('worstCase')
  })

  it.each(PRESETS)('%s has the models of the sample at their prices and tiers', (name) => {
    const models = read(name).models.map(({ id, tier, prices, inputOverheadTokens }) => {
      return { id, tier, prices, overheadTokens: inputOverheadTokens }
    })
    const expected = MODELS.map(({ id, tier, prices, overheadTokens }) => ({ id, tier, prices, overheadTokens }))
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
    expect(models.sort(byId)).toEqual(expected.sort(byId))
  })

  it('route by the same heuristic, which finds 70 to 80 % of the required tiers of the sample', () => {
    const { classifier, file } = read('heuristic')
    for (const other of PRESETS) {
      expect(read(other).file.classifier).toEqual(file.classifier)
      expect(read(other).file.tierBoundaries).toEqual(file.tierBoundaries)
    }
    const truth = linesOf('datasets/coding-week-truth.csv.gz').map((line) => Number(line.split(',')[1]))
    const tiers = linesOf('datasets/coding-week.jsonl.gz').map((line) => {
      const { prompt = '', messages } = JSON.parse(line) as LogRecord
      const { features } = measure(messages ?? promptMessages(prompt), defaultCounter(), classifier.extractor)
      const difficulty = classifier.difficulty(features)
      return file.tierBoundaries.filter((boundary) => difficulty >= boundary).length
    })
    const accuracy = tiers.filter((tier, i) => tier === truth[i]).length / truth.length
    expect(accuracy).toBeGreaterThan(0.7)
    expect(accuracy).toBeLessThan(0.8)
    const { selector } = read('shuffled-control').file
    const shareOf = (tier: number): number => tiers.filter((t) => t === tier).length / tiers.length
    expect(selector.kind === 'mix' ? Object.values(selector.shares) : []).toEqual([
      expect.closeTo(shareOf(0), 2),
      expect.closeTo(shareOf(1), 2),
      expect.closeTo(shareOf(2), 2),
    ])
  })
})
