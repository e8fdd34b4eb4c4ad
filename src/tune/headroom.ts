import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { clairvoyantBound } from '../metrics/bound/clairvoyant.js'
import { contributions, knownMean } from '../metrics/contributions.js'
import { convexHull } from '../metrics/hull.js'
import { withReplayCosts } from '../metrics/outcome-cost.js'
import type { Headroom } from '../metrics/result.js'
import { inRowOrder } from '../metrics/row-order.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import { singlePoints, singles } from '../metrics/singles.js'
import { readableBy } from '../replay/readable-by.js'
import { replay } from '../replay/replay.js'
import type { ReplayResult } from '../replay/steps.js'

/** Mixes tried between two models that follow one another on the hull. */
const STEPS_BETWEEN = 8
/** A smaller distance is nothing to have a share of. */
const LEAST_TO_WIN = 0.001

const NO_SESSIONS =
  'quality is by session, and what other answers would have made of whole sessions no log says'
const NOTHING = { bound: null, bestMix: null, share: null, binding: 0, relaxations: [] }

/**
 * What is left to win under a policy's budgets: from the best fixed mix of its models, replayed under the same budgets, to the
 * best that anybody could have done who knew every outcome before.
 * @param result of the policy's replay on this log.
 */
export function headroom(
  table: LogTable,
  policy: Policy,
  result: ReplayResult,
  qualityUnit: QualityUnit = 'request',
): Headroom {
  if (qualityUnit === 'session') return { ...NOTHING, because: NO_SESSIONS }
  const steps = inRowOrder(result.steps, table.size)
  const found = clairvoyantBound(table, policy, steps)
  if (found.kind === 'none') return { ...NOTHING, because: found.because }
  const { unservedQuality } = policy.file
  const quality = knownMean(contributions(steps, unservedQuality).quality)
  const mix = bestMix(table, policy)
  const toWin = mix === null ? 0 : found.quality - mix.quality
  return {
    bound: found.quality,
    bestMix: mix,
    share: quality === null || mix === null || toWin < LEAST_TO_WIN ? null : (quality - mix.quality) / toWin,
    binding: found.binding,
    relaxations: found.relaxations,
    because:
      mix === null
        ? 'no model’s quality is known on enough requests for a mix'
        : toWin < LEAST_TO_WIN
          ? 'a fixed mix is as good as anything can be under these budgets'
          : null,
  }
}

/**
 * Of the models on the hull alone, and of mixes of two that follow one another on it, the best under the policy's budgets. It is
 * chosen on the very log that it is compared on: a policy's share is rather too small than too large.
 */
function bestMix(table: LogTable, policy: Policy): Headroom['bestMix'] {
  let best: Headroom['bestMix'] = null
  for (const shares of mixes(table, policy)) {
    const {
      contentHash: _,
      evidence: _evidence,
      forecast: _forecast,
      exploration: _exploration,
      ...file
    } = policy.file
    const mixed = parsePolicy({
      ...file,
      policyId: 'mix',
      classifier: { kind: 'heuristic' },
      selector: { kind: 'mix', shares },
    })
    const steps = inRowOrder(replay(readableBy(table, mixed), mixed).steps, table.size)
    const quality = knownMean(contributions(steps, file.unservedQuality).quality)
    if (quality !== null && quality > (best?.quality ?? -1)) best = { shares, quality }
  }
  return best
}

function mixes(table: LogTable, { file, models }: Policy): Record<string, number>[] {
  const { defaultMaxOutputTokens } = file.reservation
  const named = models.map((model) => ({ model, defaultMaxOutputTokens }))
  const points = singlePoints(singles(withReplayCosts(table, named).table)).filter(({ label }) =>
    models.some(({ id }) => id === label),
  )
  const hull = convexHull(points).map(({ label }) => label)
  const [first = '', ...rest] = hull
  const tried: Record<string, number>[] = hull.length === 0 ? [] : [{ [first]: 1 }]
  let left = first
  for (const right of rest) {
    for (let step = 1; step <= STEPS_BETWEEN; step++) {
      const share = step / STEPS_BETWEEN
      tried.push(share === 1 ? { [right]: 1 } : { [left]: 1 - share, [right]: share })
    }
    left = right
  }
  return tried
}
