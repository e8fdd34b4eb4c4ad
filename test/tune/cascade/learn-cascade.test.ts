import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/core/errors.js'
import type { LogTable } from '../../../src/core/log-table.js'
import { usd } from '../../../src/core/money.js'
import { parsePolicy, type Policy } from '../../../src/core/policy.js'
import { createRandom } from '../../../src/core/random.js'
import type { Message } from '../../../src/core/request.js'
import { replay } from '../../../src/replay/replay.js'
import { fitHeads } from '../../../src/tune/learn/linear-heads.js'
import { splitLog } from '../../../src/tune/split.js'
import { train, type TrainOptions, type TrainResult } from '../../../src/tune/train.js'
import { labelledPrompts } from '../../builders/a-learned-spec.js'
import { aPolicyFile, LARGE, SMALL } from '../../builders/a-policy.js'
import { aTable } from '../../builders/a-table.js'

const SIZE = 900
const PROMPTS = labelledPrompts(SIZE)
const MESSAGES: readonly (readonly Message[])[] = PROMPTS.map(({ text }) => [{ role: 'user', content: text }])

/** Small is wrong by lot, whatever the prompt, and rambles when it is: only its answer shows it. */
function aRamblingLog(parts: { readonly tells: boolean }): LogTable {
  const random = createRandom(11)
  return aTable(
    PROMPTS.map(({ task }, row) => {
      const right = random.next() < 0.7
      const rambles = parts.tells ? !right : random.next() < 0.3
      return {
        at: row * 60_000,
        scope: { user: `u${row % 90}` },
        task,
        outcomes: {
          small: {
            costNanoUsd: 1000,
            quality: right ? 1 : 0,
            inputTokens: 20,
            outputTokens: rambles ? 900 : 100,
          },
          large: { costNanoUsd: 20_000, quality: 1, inputTokens: 20, outputTokens: 100 },
        },
      }
    }),
  )
}

const learn = (table: LogTable, parts: Partial<TrainOptions> = {}): Promise<TrainResult> =>
  train({
    table: { ...table, assessedDifficulty: table.assessedDifficulty.map(() => NaN) },
    messages: MESSAGES,
    policyJson: aPolicyFile({ models: [SMALL, { ...LARGE, tier: 1 }], tierBoundaries: [0.5] }) as never,
    kind: 'learned',
    selector: 'cascade',
    seed: 1,
    fitAll: (fits) => Promise.resolve(fits.map(fitHeads)),
    ...parts,
  })

/** As `load` does with the extractor of the policy. */
function withFeatures(table: LogTable, { classifier }: Policy): LogTable {
  const rows = MESSAGES.map((messages, row) =>
    classifier.extractor.extract(messages, 100, PROMPTS[row]?.task),
  )
  return {
    ...table,
    assessedDifficulty: table.assessedDifficulty.map(() => NaN),
    features: classifier.extractor.names.map((_, i) => Float64Array.from(rows, (values) => values[i] ?? NaN)),
  }
}

describe('a learned cascade', async () => {
  const table = aRamblingLog({ tells: true })
  const { cascade, policyJson } = await learn(table)

  it('tells wrong answers by what they look like, and saves most of the dear model’s cost', () => {
    const { ladder, bestSingle, qualityDelta, qualityDeltaCi } = cascade!.heldOut
    expect(cascade).toMatchObject({ bestSingle: 'large', isLadder: true, leftOut: 0 })
    expect(qualityDelta).toBeGreaterThan(-0.01)
    expect(qualityDeltaCi?.[0]).toBeGreaterThan(-0.05)
    // 70 % at 1,000 and 30 % at 21,000 nano-dollars, against 20,000.
    expect(ladder.costUsd / bestSingle.costUsd).toBeLessThan(0.45)
    expect(cascade!.answered.map(({ model }) => model)).toEqual(['small', 'large'])
  })

  it('costs and gives in replay what training promised, to the nano-dollar', () => {
    const policy = parsePolicy(policyJson)
    const { steps } = replay(withFeatures(table, policy), policy)
    const rows = splitLog(table, 1).rows.test
    const mean = (values: Float64Array): number =>
      rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length
    expect(usd(mean(steps.costNanoUsd))).toBeCloseTo(cascade!.heldOut.ladder.costUsd, 15)
    expect(mean(steps.quality)).toBeCloseTo(cascade!.heldOut.ladder.quality, 12)
  })

  it('is the same, byte for byte, for the same log and seed', async () => {
    expect(JSON.stringify((await learn(table)).policyJson)).toBe(JSON.stringify(policyJson))
  })

  it('asks the best model alone where answers show nothing', async () => {
    const { cascade, policyJson } = await learn(aRamblingLog({ tells: false }))
    expect(cascade).toMatchObject({ isLadder: false, heldOut: { qualityDelta: 0 } })
    expect(policyJson['selector']).toEqual({ kind: 'fixed', model: 'large' })
    expect(cascade!.heldOut.ladder.costUsd).toBe(cascade!.heldOut.bestSingle.costUsd)
  })

  it('says what it left out', async () => {
    const [small, large] = table.outcomes
    const quality = large!.quality.map((value, row) => (row % 9 === 0 ? NaN : value))
    const { cascade } = await learn({ ...table, outcomes: [small!, { ...large!, quality }] })
    expect(cascade?.leftOut).toBe(100)
  })

  it('needs outcomes of two models', async () => {
    const { outcomes } = table
    await expect(learn({ ...table, outcomes: outcomes.slice(0, 1) })).rejects.toThrow(InputError)
    await expect(learn(table, { kind: 'hybrid' })).rejects.toThrow(/--classifier learned/)
  })
})
