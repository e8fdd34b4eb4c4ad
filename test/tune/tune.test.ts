import { describe, expect, it } from 'vitest'
import { contentHash } from '../../src/core/content-hash.js'
import { InputError } from '../../src/core/errors.js'
import type { LogTable } from '../../src/core/log-table.js'
import { shuffledRows } from '../../src/metrics/shuffled-rows.js'
import { splitLog } from '../../src/tune/split.js'
import { anOutcome } from '../metrics/builders.js'
import { aPlantedLog, aPolicyFile, aTune, choiceOf, parsed } from './builders.js'
import { forecastProfile } from '../../src/metrics/drift/forecast-profile.js'

const SIZE = 6000
const { table, hardShare } = aPlantedLog(SIZE, 11)

/** Outcomes of the given rows turned into their opposites. */
function poisoned(log: LogTable, rows: readonly number[]): LogTable {
  const outcomes = log.outcomes.map((outcome) => {
    const quality = outcome.quality.slice()
    const costNanoUsd = outcome.costNanoUsd.slice()
    for (const row of rows) {
      quality[row] = 1 - (quality[row] ?? 0)
      costNanoUsd[row] = (costNanoUsd[row] ?? 0) * 7
    }
    return { ...outcome, quality, costNanoUsd }
  })
  return { ...log, outcomes }
}

describe('tune', async () => {
  const result = await aTune(table)

  it('finds what was planted, and keeps the promise on unseen requests', () => {
    if (result.kind === 'none') throw new Error(result.because)
    const { classifier } = parsed(result).file
    if (classifier.kind !== 'heuristic') throw new Error('the kind must stay')
    const { heuristic } = classifier
    const weights = [...Object.values(heuristic.weights), heuristic.keywords['hard']?.weight ?? 0]
    const others = weights.filter((_, index) => index !== 4 && index !== 7)
    expect(heuristic.weights.stackTrace).toBeGreaterThan(Math.max(...others.map(Math.abs)))
    expect(heuristic.keywords['hard']?.weight).toBeGreaterThan(Math.max(...others.map(Math.abs)))
    const { promised, heldOut } = result.tuning
    expect(heldOut.quality).toBeGreaterThan(0.97 * 0.95 - 0.015)
    expect(heldOut.costUsd).toBeLessThan(0.001 + 0.009 * (hardShare + 0.12))
    expect(Math.abs((heldOut.quality ?? 0) - (promised.quality ?? 0))).toBeLessThan(0.04)
    expect(result.notes).toContain('The constraints hold on the held-out requests too.')
    expect(result.notes.join(' ')).not.toContain('No evidence')
    expect(result.notes.join(' ')).not.toContain('A fixed model is as good')
  })

  it('beats the policy as given', async () => {
    const given = await aTune(table, { candidates: 1, constraints: ['quality >= 0.5'] })
    if (given.kind === 'none' || result.kind === 'none') throw new Error('nothing found')
    expect(given.notes).toContain('The policy as given is the best that was found: nothing was changed.')
    const dominated =
      (given.tuning.promised.quality ?? 1) < 0.97 * 0.95 ||
      (given.tuning.promised.costUsd ?? 0) > (result.tuning.promised.costUsd ?? 1)
    expect(dominated).toBe(true)
  })

  it('writes a sealed policy that names its parent, with evidence of the test part', () => {
    if (result.kind === 'none') throw new Error(result.because)
    const { policyJson, tuning } = result
    expect(policyJson).toMatchObject({
      policyId: 'start-tuned',
      parentId: 'start',
      contentHash: tuning.contentHash,
    })
    expect(contentHash(policyJson)).toBe(tuning.contentHash)
    expect(parsed(result).sealed).toBe(true)
    expect(policyJson['createdAt']).toBeUndefined()
    expect(policyJson['evidence']).toMatchObject({
      logHash: 'sha256:test',
      seed: 1,
      mode: 'full-matrix',
      metrics: { quality: tuning.heldOut.quality, costUsd: tuning.heldOut.costUsd },
      promised: tuning.promised,
    })
    expect(policyJson['forecast']).toMatchObject({
      costPerRequestUsd: [
        tuning.heldOut.costInterval?.[0],
        tuning.heldOut.costUsd,
        tuning.heldOut.costInterval?.[1],
      ],
    })
    const { requests, means } = forecastProfile(parsed(result))
    expect(requests).toBe(splitLog(table, 1).rows.test.length)
    expect(means['all']?.costUsd?.mean).toBeCloseTo(tuning.heldOut.costUsd ?? NaN, 8)
  })

  it('gives the same bytes for the same log and seed, and another search for another seed', async () => {
    expect(JSON.stringify(await aTune(table))).toBe(JSON.stringify(result))
    expect(choiceOf(await aTune(table, { seed: 2 }))).not.toEqual(choiceOf(result))
  })

  it('never looks at the test part before the choice is made', async () => {
    const { test } = splitLog(table, 1).rows
    expect(choiceOf(await aTune(poisoned(table, test)))).toEqual(choiceOf(result))
    const { validate } = splitLog(table, 1).rows
    expect(choiceOf(await aTune(poisoned(table, validate)))).not.toEqual(choiceOf(result))
  })

  it('says so when the promise is broken on the test part', async () => {
    const test = new Set(splitLog(table, 1).rows.test)
    const outcomes = table.outcomes.map((outcome) => ({
      ...outcome,
      quality: outcome.quality.map((value, row) => (outcome.model === 'cheap' && test.has(row) ? 0 : value)),
    }))
    const broken = await aTune({ ...table, outcomes })
    expect(broken.notes.join(' ')).toContain('NOT KEPT on the held-out requests: quality >= 0.97 * baseline')
  })

  it('reports progress up to the end of the search', async () => {
    const seen: number[] = []
    await aTune(table, { candidates: 10, onProgress: (done, total) => seen.push(done / total) })
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBeLessThanOrEqual(1)
  })
})

describe('tune, when there is nothing to find', () => {
  it('chooses nothing and names the closest and a fixed model that would do', async () => {
    const result = await aTune(table, { constraints: ['quality >= 0.99', 'costUsd <= 0.004'] })
    expect(result).toMatchObject({ kind: 'none' })
    if (result.kind !== 'none') return
    expect(result.because).toMatch(/No candidate keeps the constraints: the closest costs .* and misses/)
    expect(result.closest?.quality).toBeGreaterThan(0.3)
    expect(result.notes).toContain('No single model of the policy keeps the constraints either.')
  })

  it('says when the constraint holds on average only', async () => {
    const few = aPlantedLog(400, 5).table
    const result = await aTune(few, { constraints: ['quality >= 0.985 * baseline'] })
    if (result.kind === 'none') expect(result.because).toMatch(/surely|misses/)
    else expect(result.tuning.promised.quality).toBeGreaterThan(0.93)
  })

  it.each([1, 2, 3])(
    'claims no gain where outcomes say nothing of the requests (shuffle %i)',
    async (seed) => {
      const result = await aTune(shuffledRows(table, seed), {
        seed,
        constraints: ['quality >= 0.85 * baseline'],
      })
      expect(result.notes.join(' ')).toMatch(/No evidence of routing skill|A fixed model|No single model/)
    },
  )

  it('says that a policy with a fixed model has nothing to tune', async () => {
    const result = await aTune(table, {
      policyJson: aPolicyFile({ selector: { kind: 'fixed', model: 'dear' } }),
      search: [],
    })
    expect(result.kind === 'tuned' && result.tuning.candidates).toBe(1)
    expect(result.notes.join(' ')).toContain('This policy has nothing to tune')
  })

  it('says that a fixed model is as good where it is', async () => {
    const outcomes = [
      anOutcome('cheap', new Array<number>(SIZE).fill(1), 0.001),
      anOutcome('dear', new Array<number>(SIZE).fill(1), 0.01),
    ]
    const result = await aTune({ ...table, outcomes })
    expect(result.notes.join(' ')).toContain('A fixed model is as good: cheap for everything')
  })
})

describe('tune on a log that cannot tell', () => {
  const [cheap, dear] = table.outcomes
  if (cheap === undefined || dear === undefined) throw new Error('two models expected')
  const half = { ...cheap, quality: cheap.quality.map((value, row) => (row % 2 === 0 ? value : NaN)) }

  it('refuses quality where outcomes are missing, with the way out', async () => {
    const partial = { ...table, outcomes: [half, dear] }
    await expect(aTune(partial)).rejects.toThrow(InputError)
    await expect(aTune(partial)).rejects.toThrow(/cheap 50\.0 %, dear 100\.0 %.*way out/s)
  })

  it('still answers for cost and served metrics', async () => {
    const result = await aTune({ ...table, outcomes: [half, dear] }, { constraints: ['servedShare >= 0.99'] })
    expect(result.kind).toBe('tuned')
  })

  describe('what anything costs', () => {
    const outcomes = [cheap, dear].map((one) => ({ ...one, costNanoUsd: one.costNanoUsd.map(() => NaN) }))
    const costless = { ...table, outcomes }
    const models = ['cheap', 'dear'].map((id, tier) => ({ id, tier }))

    it('refuses to reckon with money that nobody knows, with the way out', async () => {
      const unpriced = { policyJson: aPolicyFile({ models }) }
      await expect(aTune(costless, unpriced)).rejects.toThrow(InputError)
      await expect(aTune(costless, unpriced)).rejects.toThrow(
        /no cost is known.*tollgate init --prices FILE/s,
      )
      const bounded = { ...unpriced, objective: 'max quality', constraints: ['cost <= 0.001'] }
      await expect(aTune(costless, bounded)).rejects.toThrow(/no cost is known/)
    })

    it('reckons with the prices of the policy, and says that it does', async () => {
      const result = await aTune(costless)
      if (result.kind === 'none') throw new Error(result.because)
      expect(result.tuning.heldOut.costUsd).toBeGreaterThan(0)
      expect(result.tuning.heldOut.costInterval).toBeNull()
      expect(result.notes).toContain(
        '100.0 % of the costs on the held-out requests are expected ones, not recorded.',
      )
    })

    it('needs none for quality alone', async () => {
      const objective = { policyJson: aPolicyFile({ models }), objective: 'max quality', constraints: [] }
      expect((await aTune(costless, objective)).kind).toBe('tuned')
    })
  })

  it('refuses a log that is too short to split', async () => {
    await expect(aTune(aPlantedLog(100, 1).table)).rejects.toThrow(/50 are needed in each part/)
  })
})

describe('tune turns every knob that the policy has', () => {
  const budget = {
    id: 'day',
    scope: 'org',
    maxBudget: 20,
    window: { kind: 'fixed', budgetDuration: '1h' },
    priorityReserve: { share: 0.3, minPriority: 'high' },
  }

  it.each([
    ['threshold', { selector: { kind: 'threshold', strong: 'dear', weak: 'cheap', threshold: 0.4 } }],
    ['mix', { selector: { kind: 'mix', shares: { cheap: 0.5, dear: 0.5 } } }],
    ['margin and reserve', { reservation: { mode: 'estimateWithMargin', margin: 0.5 }, budgets: [budget] }],
  ])('%s', async (_, parts) => {
    const policyJson = aPolicyFile(parts)
    const result = await aTune(table, {
      policyJson,
      search: [],
      candidates: 40,
      constraints: ['quality >= 0.7', 'servedShare >= 0.5'],
    })
    if (result.kind === 'none') throw new Error(result.because)
    const { selector, reservation, budgets } = parsed(result).file
    const before = JSON.stringify([policyJson['selector'], policyJson['reservation'], policyJson['budgets']])
    expect(selector.kind).toBe((policyJson['selector'] as { kind: string }).kind)
    expect(reservation.mode).toBe(
      (policyJson['reservation'] as { mode?: string } | undefined)?.mode ?? 'worstCase',
    )
    expect(JSON.stringify([selector, reservation, budgets])).not.toBe(before)
  })
})
