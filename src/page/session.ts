import type { Policy } from '../core/policy.js'
import { contributions, type Contributions } from '../metrics/contributions.js'
import { withReplayCosts } from '../metrics/outcome-cost.js'
import { references } from '../metrics/references.js'
import type { Point, References, RunMetrics } from '../metrics/result.js'
import { inRowOrder } from '../metrics/row-order.js'
import type { Replayable } from '../replay/packed/replayable.js'
import type { ReplayOptions } from '../replay/replay.js'
import { comparedRow } from './compared-row.js'
import { entry } from './entry.js'
import { figuresOf, type Figures } from './figures.js'
import { isUnmoved, unmoved, type Move } from './move.js'
import { kept, remembered } from './remembered.js'
import { createReplays, type Replayed } from './replays.js'

/**
 * Replays policies like those of a comparison, by the very sources of the command line. Every question throws an InputError
 * where what was moved is no policy any more.
 */
export interface Session {
  readonly replayable: Replayable
  figures(move: Move): Figures
  /** The same row as in the report's table, with intervals and controls; `replicates` of the bootstrap. */
  compared(move: Move, replicates: number): RunMetrics
  /** Null where cost or quality is not known of 95 % of the requests. */
  point(move: Move): Point | null
  policy(move: Move): Policy
  /** What every model alone cost and was worth, and their hull. */
  singles(): Pick<References, 'hull' | 'singles'>
}

export function createSession(replayable: Replayable): Session {
  const { settings } = replayable
  const { qualityUnit = 'request' } = settings
  const replays = createReplays(replayable)
  const baselineOf = remembered(contributionsOf, (run) => run)
  const figures = (move: Move, own?: ReplayOptions): Figures =>
    figuresOf({ ...replays.run(move, own), baseline: baselineOf(replays.baseline(move)), qualityUnit })
  const compared = (move: Move, replicates: number): RunMetrics =>
    comparedRow(replays.baseline(move), replays.run(move), { ...settings, replicates })
  // Asked for beside every move.
  const before = kept((policy: number) => figures(unmoved({ policy })))
  const beforeCompared = kept((policy: number, replicates: number) =>
    compared(unmoved({ policy }), replicates),
  )
  return {
    replayable,
    policy: replays.policyOf,
    figures: (move) => (isUnmoved(move) ? before(move.policy) : figures(move)),
    compared: (move, replicates) =>
      isUnmoved(move) ? beforeCompared(move.policy, replicates) : compared(move, replicates),
    point(move) {
      const { meanCostUsd, quality } = figures(move, { poolSeries: false })
      if (meanCostUsd === null || quality === null) return null
      return { label: entry(replays.given, move.policy).policyId, costUsd: meanCostUsd, quality }
    },
    // Single answers, which are no measure where sessions are judged.
    singles: () =>
      qualityUnit === 'session' ? { hull: [], singles: [] } : singlesOf(replayable, replays.given),
  }
}

function contributionsOf({ policy, table, result }: Replayed): Contributions {
  return contributions(inRowOrder(result.steps, table.size), policy.file.unservedQuality)
}

function singlesOf({ table }: Replayable, given: readonly Policy[]): Pick<References, 'hull' | 'singles'> {
  const named = given.flatMap(({ models, file }) => {
    const { defaultMaxOutputTokens } = file.reservation
    return models.map((model) => ({ model, defaultMaxOutputTokens }))
  })
  const { hull, singles } = references(withReplayCosts(table, named).table)
  return { hull, singles }
}
