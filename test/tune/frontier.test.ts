import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import type { LogTable } from '../../src/core/log-table.js'
import { createRandom } from '../../src/core/random.js'
import type { Prices } from '../../src/core/model.js'
import type { Message } from '../../src/core/request.js'
import { shuffledRows } from '../../src/metrics/shuffled-rows.js'
import { loggedOnly } from '../../src/replay/rows.js'
import { frontier, type FrontierOptions, type FrontierResult } from '../../src/tune/frontier.js'
import { labelledPrompts } from '../builders/a-learned-spec.js'
import { anOutcome, aTable, aText } from '../metrics/builders.js'

const SIZE = 600
const PROMPTS = labelledPrompts(SIZE)
const MESSAGES: readonly (readonly Message[])[] = PROMPTS.map(({ text }) => [{ role: 'user', content: text }])

/** The dear model is always right, the cheap one where the prompt is easy; a bad one costs more than the cheap one. */
function aPlantedMatrix(parts: Partial<LogTable> = {}): LogTable {
  return aTable({
    outcomes: [
      anOutcome(
        'cheap',
        PROMPTS.map(({ hard }) => (hard ? 0 : 1)),
        0.001,
      ),
      anOutcome(
        'dear',
        PROMPTS.map(() => 1),
        0.01,
      ),
      anOutcome(
        'bad',
        PROMPTS.map(() => 0),
        0.002,
      ),
    ],
    task: aText(PROMPTS.map(({ task }) => task)),
    assessedDifficulty: Float64Array.from(PROMPTS, ({ hard }, row) => (hard ? 0.6 : 0.2) + (row % 7) / 100),
    ...parts,
  })
}

const aFrontier = (table: LogTable, parts: Partial<FrontierOptions> = {}): FrontierResult =>
  frontier({
    table,
    messages: MESSAGES,
    models: undefined,
    prices: undefined,
    heuristic: undefined,
    kinds: undefined,
    academic: true,
    seed: 1,
    ...parts,
  })

const byKind = ({ classifiers }: FrontierResult): Record<string, (typeof classifiers)[number]> =>
  Object.fromEntries(classifiers.map((one) => [one.kind, one]))

describe('frontier', () => {
  const result = aFrontier(aPlantedMatrix())
  const { heuristic, learned, task } = byKind(result)

  it('finds planted skill: from prompts and from difficulties, not from tasks that tell nothing', () => {
    for (const found of [heuristic, learned]) {
      expect(found?.verdict).toBe('skill')
      expect(found?.gainOverHull.ci?.[0]).toBeGreaterThan(5)
      expect(found?.gainOverTaskHull?.ci?.[0]).toBeGreaterThan(5)
      expect(found?.shuffledRows.ci?.[0]).toBeLessThanOrEqual(0)
    }
    expect(task?.verdict).toBe('no evidence')
  })

  it('routes as cheaply as hindsight where everybody can tell what is hard', () => {
    const hard = PROMPTS.filter((prompt) => prompt.hard).length / SIZE
    expect(learned?.chosen.quality).toBeGreaterThan(0.97)
    expect(learned?.chosen.costUsd).toBeLessThan(0.001 + 0.009 * (hard + 0.08))
    expect(learned?.savingAtMatchedQuality?.share).toBeGreaterThan(0.4)
    expect(learned?.oracleGap?.recovered).toBeGreaterThan(0.9)
    expect(learned?.apgr).toBeGreaterThan(0.7)
    expect(learned?.deferralArea).toBeGreaterThan(0.9)
    expect(learned?.aiq).toBeGreaterThan(result.hullAiq ?? 1)
  })

  it('learns and chooses on one part and judges on the other', () => {
    expect(result.split).toMatchObject({ leftOut: 0 })
    expect(result.split.learned + result.split.judged).toBe(SIZE)
    expect(result.models.ids).toEqual(['cheap', 'dear'])
    expect(learned?.points.map(({ label }) => label)).toContain(learned?.chosen.label)
  })

  it('finds none where outcomes belong to other requests', () => {
    const { classifiers } = aFrontier(shuffledRows(aPlantedMatrix(), 5))
    expect(classifiers.map(({ verdict }) => verdict)).toEqual(classifiers.map(() => 'no evidence'))
  })

  it('gives the same result for the same log and seed', () => {
    expect(JSON.stringify(aFrontier(aPlantedMatrix()))).toBe(JSON.stringify(result))
  })

  it('warns of a model that a cheaper one beats, of luck and of few requests, with figures', () => {
    const { warnings } = aFrontier(aPlantedMatrix(), { models: ['cheap', 'bad', 'dear'], kinds: ['task'] })
    expect(warnings).toContainEqual({
      code: 'dominated-model',
      message: 'bad, do not route: cheap is better and cheaper',
      count: SIZE,
      figures: expect.objectContaining({ model: 'bad', by: 'cheap', costsUsd: [0.002, 0.001] }) as unknown,
    })
    expect(warnings.find(({ code }) => code === 'few-requests')?.message).toMatch(/only 1\d\d requests/)
    expect(result.warnings.find(({ code }) => code === 'lucky-oracle')?.message).toContain('luck')
  })

  it('warns of a list price that promises what recorded costs do not keep', () => {
    const prices = (outputPico: number): Prices => ({
      inputPico: 100,
      outputPico,
      cachedInputPico: 100,
      cacheWritePico: 100,
      perRequestPico: 0,
      maxInputPico: 100,
      priceTiers: [],
    })
    const listed = [
      { id: 'cheap', tier: 0, prices: prices(9000) },
      { id: 'dear', tier: 1, prices: prices(8000) },
    ]
    const { warnings } = aFrontier(aPlantedMatrix(), { listed, kinds: ['task'] })
    const found = warnings.find(({ code }) => code === 'price-order')
    expect(found?.figures).toMatchObject({ listedCheaper: 'dear', listedDearer: 'cheap', by: 'price' })
    expect(result.warnings.map(({ code }) => code)).not.toContain('price-order')
  })

  it('controls by several permutations: their mean, and an interval over them', () => {
    const each = task?.shuffledRows.each ?? []
    expect(each).toHaveLength(5)
    expect(task?.shuffledRows.points).toBeCloseTo(each.reduce((sum, one) => sum + one, 0) / 5, 10)
  })

  it('names the models that complete cases had no room for', () => {
    const { warnings } = aFrontier(aPlantedMatrix(), { modelsLeftOut: ['sparse'], kinds: ['task'] })
    expect(warnings.find(({ code }) => code === 'models-left-out')?.message).toContain('sparse')
  })

  it('says what is missing in a log with one outcome a request', () => {
    const chosen = Int32Array.from(PROMPTS, (_, row) => row % 2)
    expect(() => aFrontier(loggedOnly(aPlantedMatrix({ chosen })))).toThrow(InputError)
    expect(() => aFrontier(loggedOnly(aPlantedMatrix({ chosen })))).toThrow(
      /several models on the same requests/,
    )
  })

  it('sweeps what the log supports, and refuses what it was asked for and cannot do', () => {
    const mute = { messages: PROMPTS.map(() => undefined) }
    const { classifiers, skipped } = aFrontier(aPlantedMatrix(), mute)
    expect(classifiers.map(({ kind }) => kind)).toEqual(['heuristic', 'task'])
    expect(skipped).toMatchObject([{ kind: 'learned' }, { kind: 'hybrid' }, { kind: 'cascade' }])
    expect(() => aFrontier(aPlantedMatrix(), { ...mute, kinds: ['learned'] })).toThrow(/no prompts/)
  })

  it('leaves out requests with an unknown outcome, and says how many', () => {
    const table = aPlantedMatrix()
    const [cheap] = table.outcomes
    if (cheap === undefined) throw new Error('no outcome')
    cheap.quality.fill(NaN, 10, 20)
    expect(aFrontier(table, { kinds: ['task'] }).split.leftOut).toBe(10)
  })
})

describe('cascades in a frontier', () => {
  /** The cheap model is wrong by lot, whatever the prompt; its wrong answers are long where `tells`. */
  const aRamblingMatrix = (tells: boolean): LogTable => {
    const random = createRandom(3)
    const right = PROMPTS.map(() => random.next() < 0.7)
    const long = tells ? right.map((one) => !one) : PROMPTS.map(() => random.next() < 0.3)
    const cheap = anOutcome(
      'cheap',
      right.map((one) => (one ? 1 : 0)),
      0.001,
    )
    const outputTokens = Int32Array.from(long, (one) => (one ? 900 : 100))
    const dear = anOutcome(
      'dear',
      PROMPTS.map(() => 1),
      0.02,
    )
    return aPlantedMatrix({ outcomes: [{ ...cheap, outputTokens }, dear] })
  }
  const cascadeOf = (table: LogTable, parts: Partial<FrontierOptions> = {}): FrontierResult =>
    aFrontier(table, { kinds: ['cascade'], ...parts })

  it('find skill where answers show what they are worth, and none where they do not', () => {
    const [found] = cascadeOf(aRamblingMatrix(true)).classifiers
    expect(found?.verdict).toBe('skill')
    expect(found?.savingAtMatchedQuality?.share).toBeGreaterThan(0.5)
    expect(found?.shuffledRows.ci?.[0]).toBeLessThanOrEqual(0)
    expect(cascadeOf(aRamblingMatrix(false)).classifiers[0]?.verdict).toBe('no evidence')
  })

  it('go by the log’s own scores where it has them', () => {
    const table = aRamblingMatrix(false)
    const scored = table.outcomes.map((outcome) => ({ ...outcome, score: outcome.quality }))
    const [found] = cascadeOf({ ...table, outcomes: scored }).classifiers
    expect(found?.verdict).toBe('skill')
    expect(found?.chosen.quality).toBe(1)
  })

  it('by a scorer that knows the truth save less the more it errs, and stand apart', () => {
    const { simulatedCascades, classifiers } = cascadeOf(aRamblingMatrix(false), {
      scorerErrors: [0, 0.1, 0.3],
    })
    const shares = simulatedCascades?.map(({ savingAtMatchedQuality: saving }) => saving?.share ?? 0) ?? []
    expect(shares[0]).toBeGreaterThan(0.6)
    expect(shares.every((share, i) => i === 0 || share <= shares[i - 1]!)).toBe(true)
    expect(classifiers.map(({ kind }) => kind)).toEqual(['cascade'])
    expect(classifiers[0]?.verdict).toBe('no evidence')
  })
})

describe('a price of wrong answers', () => {
  const result = aFrontier(aPlantedMatrix(), { kinds: ['learned'], wrongUsd: 0.05 })
  const [learned] = result.classifiers

  it('finds what is best by cost and wrong answers together, beside the best single model', () => {
    const { usd, single, saved, savedCi } = learned!.failurePriced!
    // The dear one never errs: a cent a request. The cheap one errs on every hard request, at five cents each.
    expect(single).toMatchObject({ label: 'dear' })
    expect(single.usd).toBeCloseTo(0.01, 6)
    expect(usd).toBeLessThan(0.009)
    expect(saved).toBeCloseTo(1 - usd / single.usd, 12)
    expect(savedCi![0]).toBeLessThan(saved)
    expect(savedCi![1]).toBeGreaterThan(saved)
    expect(aFrontier(aPlantedMatrix(), { kinds: ['task'] }).classifiers[0]).not.toHaveProperty(
      'failurePriced',
    )
  })

  it('comes with intervals of the figures of papers that hold them', () => {
    expect(learned!.aiqCi![0]).toBeLessThan(learned!.aiq!)
    expect(learned!.aiqCi![1]).toBeGreaterThan(learned!.aiq!)
    expect(learned!.recoveredCi![0]).toBeLessThanOrEqual(learned!.oracleGap!.recovered!)
    expect(learned!.recoveredCi![1]).toBeGreaterThanOrEqual(learned!.oracleGap!.recovered!)
    expect(learned!.routerArenaScoreCi![1]).toBeGreaterThan(learned!.routerArenaScore!)
    // The hull has two models, for which these are defined.
    expect(learned!.apgrCi![0]).toBeLessThanOrEqual(learned!.apgr!)
    expect(learned!.apgrCi![1]).toBeGreaterThanOrEqual(learned!.apgr!)
  })
})
