import { sum } from 'simple-statistics'
import type { OutcomeColumns } from '../../core/log-table.js'
import { usd } from '../../core/money.js'
import { areaUnder } from './area-under.js'
import { gapShare } from './gap-share.js'
import type { CurvePoint } from './two-model-curve.js'

type Answers = Pick<OutcomeColumns, 'quality' | 'costNanoUsd'>

/** Answers of two models to the same requests. */
export interface TwoAnswers {
  readonly weak: Answers
  readonly strong: Answers
}

/**
 * The deferral curve: mean quality and cost against the share of requests that are deferred to the strong model, those
 * with the highest score first. One point a distinct score, from share 0 to 1; requests with the same score are deferred
 * together, so a score that is the same for all gives the straight line of random deferral. A request costs what the
 * model costs that answers it: for a cascade, which pays the weak model first, add that to the strong model's costs.
 * Empty without requests. Throws where a quality or a cost is unknown. O(n log n).
 *
 * Language model cascades (https://arxiv.org/abs/2404.10136), where the curve is what a deferral rule is judged by.
 */
export function deferralCurve({ weak, strong }: TwoAnswers, scores: Float64Array): readonly CurvePoint[] {
  const gains = differences(strong.quality, weak.quality, 'quality')
  const extraNano = differences(strong.costNanoUsd, weak.costNanoUsd, 'costNanoUsd')
  const size = gains.length
  if (scores.length !== size) throw new RangeError(`scores must cover all ${size} rows, got ${scores.length}`)
  if (scores.some(Number.isNaN)) throw new RangeError('scores must be numbers, got NaN')
  if (size === 0) return []
  const points: CurvePoint[] = []
  let quality = sum(Array.from(weak.quality))
  let nano = sum(Array.from(weak.costNanoUsd))
  let deferred = 0
  let last = NaN
  const add = (): void => {
    points.push({ strongShare: deferred / size, costUsd: usd(nano / size), quality: quality / size })
  }
  for (const row of highestFirst(scores)) {
    const score = scores[row] ?? NaN
    if (score !== last) add()
    last = score
    quality += gains[row] ?? NaN
    nano += extraNano[row] ?? NaN
    deferred++
  }
  add()
  return points
}

/** The deferral curve of hindsight: what the strong model does better on first, what it does worse on last. */
export function oracleDeferralCurve(answers: TwoAnswers): readonly CurvePoint[] {
  return deferralCurve(answers, differences(answers.strong.quality, answers.weak.quality, 'quality'))
}

/** The area under a deferral curve: its mean quality over all shares from 0 to 1 (AUC-DF); null for an empty one. */
export function deferralArea(curve: readonly CurvePoint[]): number | null {
  if (curve.length === 0) return null
  return areaUnder(curve.map(({ strongShare, quality }) => ({ x: strongShare, y: quality })))
}

/**
 * The area under a deferral curve on the scale from random deferral to that of the oracle,
 *
 *     (A - A_random) / (A_oracle - A_random),   A_random = (weak + strong) / 2
 *
 * 0 is a coin, 1 is hindsight, below 0 defers the wrong ones. Null without requests, and where hindsight gains nothing.
 * The paper gives areas as a change against random deferral; the division by the oracle's makes pairs of models
 * comparable whose answers differ on more or on fewer requests.
 */
export function normalisedDeferralArea(answers: TwoAnswers, scores: Float64Array): number | null {
  const curve = deferralCurve(answers, scores)
  const area = deferralArea(curve)
  const best = deferralArea(oracleDeferralCurve(answers))
  const [weak, strong] = [curve[0], curve.at(-1)]
  if (area === null || best === null || weak === undefined || strong === undefined) return null
  const random = (weak.quality + strong.quality) / 2
  return gapShare(area - random, best - random)
}

function differences(strong: Float64Array, weak: Float64Array, name: string): Float64Array {
  if (strong.length !== weak.length) {
    throw new RangeError(`strong.${name} must cover all ${weak.length} rows, got ${strong.length}`)
  }
  const difference = strong.map((value, row) => value - (weak[row] ?? NaN))
  const unknown = difference.findIndex(Number.isNaN)
  if (unknown >= 0) throw new RangeError(`${name} must be known of both models, got NaN at row ${unknown}`)
  return difference
}

function highestFirst(scores: Float64Array): number[] {
  return Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
}
