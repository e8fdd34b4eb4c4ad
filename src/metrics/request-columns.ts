import { sha256Hex } from '../core/content-hash.js'
import type { Clusters } from './clusters.js'
import type { CompareInput } from './compare.js'
import { contributions, type Contributions } from './contributions.js'
import { inRowOrder } from './row-order.js'
import { onTrajectory, trajectoryOf } from './trajectory.js'
import { clustersOfRun } from './window-clusters.js'

/** What each request added to the figures of a comparison: kept beside it, so that two comparisons can be paired. */
export interface RequestColumns {
  readonly logHash: string
  /** Of the requests' ids in their order: with filters a comparison is of a part of its log. */
  readonly requestsHash: string
  readonly size: number
  /** By index of the comparison's `runs`. */
  readonly runs: readonly RunColumns[]
}

export interface RunColumns {
  readonly policyId: string
  readonly contentHash: string
  readonly run: Contributions
  /** What the run's own intervals drew as a whole. */
  readonly clusters: Clusters
}

/** Of the same input as `compare`. By session a single request has no quality: it is unknown in all of them. */
export function requestColumns({ table, runs, qualityUnit }: CompareInput): RequestColumns {
  return {
    logHash: table.hash,
    requestsHash: sha256Hex(JSON.stringify(table.ids)),
    size: table.size,
    runs: runs.map(({ result, unservedQuality, budgets, policy }) => {
      const steps = inRowOrder(result.steps, table.size)
      const run = onTrajectory(contributions(steps, unservedQuality), trajectoryOf(table, steps, policy))
      return {
        policyId: result.policyId,
        contentHash: result.contentHash,
        run: qualityUnit === 'session' ? { ...run, quality: run.quality.map(() => NaN) } : run,
        clusters: clustersOfRun({ table, steps, poolWindows: result.poolWindows, budgets }),
      }
    }),
  }
}
