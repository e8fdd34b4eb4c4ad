import { InputError } from '../../core/errors.js'
import { usd } from '../../core/money.js'
import type { Classifier } from '../../core/classify/classifier.js'
import type { LogTable, OutcomeColumns } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import type { AcceptanceModel } from '../../core/score/scorer-schema.js'
import { bootstrapIntervals, pointOf, ratio } from '../../metrics/bootstrap.js'
import { labelClusters } from '../../metrics/clusters.js'
import { costColumn } from '../../metrics/outcome-cost.js'
import type { Interval, Point } from '../../metrics/result.js'
import { selectRows } from '../../replay/rows.js'
import { outOfFoldOutputTokens } from './out-of-fold-tokens.js'
import type { Learned } from '../learn/learn.js'
import type { TrainingData } from '../learn/training-data.js'
import { acceptanceScores, learnAcceptance, outOfFoldScores, type Answers } from './learn-acceptance.js'
import {
  answeringRung,
  ladderMeans,
  searchLadders,
  type FoundLadder,
  type LadderModel,
} from './ladder-search.js'

export interface LearnedCascade {
  /** As the policy file has it. */
  readonly selector: Readonly<Record<string, unknown>>
  /** The single model that is best where the ladder was searched: what its quality is held against. */
  readonly bestSingle: string
  /** Whether a ladder was cheaper there at that quality; else the selector asks that model alone. */
  readonly isLadder: boolean
  /** Requests to learn from or to judge on that were left out: of some model's quality or cost nobody knows. */
  readonly leftOut: number
  /** Models of the policy of which too little is known to stand on a rung. */
  readonly unknownModels: readonly string[]
  /** On requests that nothing had seen: the ladder, and that model alone. */
  readonly heldOut: {
    readonly requests: number
    readonly ladder: Point
    readonly bestSingle: Point
    /** Quality of the ladder minus that of the model, a fraction; 95 %, null where there are too few to draw from. */
    readonly qualityDelta: number
    readonly qualityDeltaCi: Interval | null
  }
  /** Share of the held-out requests that each rung answers. */
  readonly answered: readonly { readonly model: string; readonly share: number }[]
}

export interface CascadeInput {
  readonly table: LogTable
  readonly policy: Policy
  readonly data: TrainingData
  readonly learned: Learned
  /** The learned classifier. */
  readonly classifier: Classifier
  readonly learnRows: readonly number[]
  readonly testRows: readonly number[]
  readonly seed: number
}

/**
 * The cheapest ladder that reaches the quality of the best single model for less, else that model alone, by acceptance models
 * of the answers; searched on scores and expectations of models that had not seen the request, among models of the policy.
 * @throws InputError where the log does not know what several of the policy's models cost and gave on the same requests.
 */
export function learnCascade(input: CascadeInput): LearnedCascade {
  const { learnRows, testRows, seed } = input
  const known = knownModels(input)
  const [fit, judged] = [learnRows, testRows].map((rows) => complete(known, rows)) as [number[], number[]]
  if (known.length < 2 || fit.length < LEAST_ROWS || judged.length < LEAST_ROWS)
    throw new InputError(
      `--selector cascade needs at least ${LEAST_ROWS} requests to learn from and ${LEAST_ROWS} to judge on with the quality, the cost and the text of two or more of the policy's models; the log has ${fit.length} and ${judged.length} of ${known.map(({ outcome }) => outcome.model).join(', ') || 'none'}`,
    )
  const acceptance = known.map(({ answers }) => learnAcceptance(answers, fit))
  const columns = known.map(({ costNanoUsd, outcome, answers }, index) => ({
    costNanoUsd,
    quality: outcome.quality,
    score: joined(
      outOfFoldScores(answers, fit, seed),
      acceptanceScores(acceptance[index] as AcceptanceModel, answers, judged),
      judged,
    ),
  }))
  const best = bestSingle(columns, fit)
  const alone = singleLadder(best, columns, fit)
  const found = searchLadders(columns, fit)
  const cheaper = found.find(
    ({ quality, costNanoUsd }) => quality >= alone.quality && costNanoUsd < alone.costNanoUsd,
  )
  const ladder = cheaper ?? alone
  const nameOf = (model: number): string => known[model]?.outcome.model ?? ''
  return {
    selector: selectorOf(ladder, nameOf, acceptance),
    bestSingle: nameOf(best),
    isLadder: cheaper !== undefined,
    leftOut: learnRows.length - fit.length + testRows.length - judged.length,
    unknownModels: input.policy.models
      .map(({ id }) => id)
      .filter((id) => !known.some(({ outcome }) => outcome.model === id)),
    heldOut: {
      requests: judged.length,
      ladder: point('cascade', ladderMeans(ladder, columns, judged)),
      bestSingle: point(nameOf(best), singleLadder(best, columns, judged)),
      ...pairedDifference(ladder, { columns, best, judged }, input),
    },
    answered: ladder.models.map((model, rung) => ({
      model: nameOf(model),
      share: judged.filter((row) => answeringRung(ladder, columns, row) === rung).length / judged.length,
    })),
  }
}

/** A model alone, as a ladder of one rung. */
function singleLadder(model: number, columns: readonly LadderModel[], rows: readonly number[]): FoundLadder {
  const setting = { models: [model], accept: [] }
  return { ...setting, ...ladderMeans(setting, columns, rows) }
}

/** Below this even a mean is no guide. */
const LEAST_ROWS = 30

interface KnownModel {
  readonly outcome: OutcomeColumns
  readonly costNanoUsd: Float64Array
  readonly answers: Answers
}

function knownModels(input: CascadeInput): readonly KnownModel[] {
  const { table, policy, learned, learnRows } = input
  const expected = expectations(input)
  const unseen = outOfFoldOutputTokens(input)
  return policy.models.flatMap(({ id, index, prices }) => {
    const outcome = table.outcomes.find(({ model }) => model === id)
    const own = learned.success.outOfFold[learned.ids.indexOf(id)]
    if (outcome === undefined || own === undefined) return []
    const success = expected.success[index] as Float64Array
    const outputTokens = expected.outputTokens[index] as Float64Array
    learnRows.forEach((row, at) => {
      success[row] = own[at] ?? NaN
      outputTokens[row] = unseen[index]?.[at] ?? NaN
    })
    const answers = { outcome, success, outputTokens }
    return [{ outcome, costNanoUsd: costColumn(outcome, prices), answers }]
  })
}

/** By model of the policy, then by row: as the runtime will expect it. */
function expectations({ table, policy, data, classifier, learnRows, testRows }: CascadeInput): {
  readonly success: readonly Float64Array[]
  readonly outputTokens: readonly Float64Array[]
} {
  const empty = (): Float64Array => new Float64Array(table.size).fill(NaN)
  const [success, outputTokens] = [policy.models.map(empty), policy.models.map(empty)]
  for (const row of [...learnRows, ...testRows]) {
    const tokens = Math.max(0, data.tokens[row] as number)
    const features = classifier.extractor.extract(data.messages[row] ?? [], tokens, data.tasks[row])
    for (const { index } of policy.models) {
      const { predictor } = classifier
      ;(success[index] as Float64Array)[row] = predictor?.success(features, index) ?? NaN
      ;(outputTokens[index] as Float64Array)[row] = predictor?.outputTokens(features, index) ?? NaN
    }
  }
  return { success, outputTokens }
}

function complete(models: readonly KnownModel[], rows: readonly number[]): number[] {
  return rows.filter((row) =>
    models.every(
      ({ outcome, costNanoUsd }) => !Number.isNaN((outcome.quality[row] ?? NaN) + (costNanoUsd[row] ?? NaN)),
    ),
  )
}

/** Request by request, so that what both get right or wrong is no noise. */
function pairedDifference(
  ladder: FoundLadder,
  { columns, best, judged }: { columns: readonly LadderModel[]; best: number; judged: readonly number[] },
  { table, seed }: CascadeInput,
): { readonly qualityDelta: number; readonly qualityDeltaCi: Interval | null } {
  const qualityOf = (model: number | undefined, row: number): number =>
    columns[model ?? -1]?.quality[row] ?? NaN
  const differences = Float64Array.from(
    judged,
    (row) => qualityOf(ladder.models[answeringRung(ladder, columns, row)], row) - qualityOf(best, row),
  )
  const figure = ratio(
    differences,
    differences.map(() => 1),
  )
  const clusters = labelClusters(selectRows(table, judged))
  const [qualityDeltaCi = null] = bootstrapIntervals({ clusters, figures: [figure], replicates: 1000, seed })
  return { qualityDelta: pointOf(figure), qualityDeltaCi }
}

function joined(scores: Float64Array, judgedScores: Float64Array, judged: readonly number[]): Float64Array {
  for (const row of judged) scores[row] = judgedScores[row] as number
  return scores
}

/** Of equals the cheaper one. */
function bestSingle(columns: readonly LadderModel[], rows: readonly number[]): number {
  const ranked = columns
    .map(({ quality, costNanoUsd }, index) => ({
      index,
      quality: meanOf(quality, rows),
      cost: meanOf(costNanoUsd, rows),
    }))
    .sort((a, b) => b.quality - a.quality || a.cost - b.cost)
  return ranked[0]?.index ?? -1
}

function selectorOf(
  { models, accept }: FoundLadder,
  nameOf: (model: number) => string,
  acceptance: readonly AcceptanceModel[],
): Record<string, unknown> {
  const [first = -1] = models
  if (models.length === 1) return { kind: 'fixed', model: nameOf(first) }
  return {
    kind: 'cascade',
    rungs: models.map((model, rung) => ({
      model: nameOf(model),
      ...(accept[rung] === undefined ? {} : { accept: accept[rung] }),
    })),
    scorer: { kind: 'acceptance', models: models.slice(0, -1).map((model) => acceptance[model]) },
  }
}

function point(label: string, { costNanoUsd, quality }: { costNanoUsd: number; quality: number }): Point {
  return { label, costUsd: usd(costNanoUsd), quality }
}

function meanOf(values: Float64Array | undefined, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + (values?.[row] ?? NaN), 0) / Math.max(1, rows.length)
}
