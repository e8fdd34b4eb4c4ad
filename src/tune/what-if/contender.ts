import type { LogTable } from '../../core/log-table.js'
import { usd } from '../../core/money.js'
import type { Policy } from '../../core/policy.js'
import { contributions, knownMean, sumOfKnown } from '../../metrics/contributions.js'
import { qualitySummary } from '../../metrics/quality.js'
import { inRowOrder } from '../../metrics/row-order.js'
import { stepCounts } from '../../metrics/step-counts.js'
import { costEstimatedShare } from '../../metrics/cost-basis.js'
import { readableBy } from '../../replay/readable-by.js'
import { replay } from '../../replay/replay.js'

/** What one policy, or one model for everything, costs and keeps on a log. */
export interface Contended {
  readonly offered: number
  readonly served: number
  readonly downgraded: number
  readonly rejected: number
  readonly unresolved: number
  /** All known costs; per offered request where costs are known for at least 95 % of them, else null. */
  readonly costUsd: number
  readonly meanCostUsd: number | null
  /** Share of the costs that are expected and not recorded or priced from usage. */
  readonly costEstimatedShare: number
  /** Mean over offered requests; null where less than 95 % are known. */
  readonly quality: number | null
}

export function contend(table: LogTable, policy: Policy): Contended {
  const { steps } = replay(readableBy(table, policy), policy)
  const run = contributions(inRowOrder(steps, table.size), policy.file.unservedQuality)
  const { offered, served, downgraded, rejected, unresolved } = stepCounts(steps)
  const meanNano = knownMean(run.costNanoUsd)
  return {
    offered,
    served,
    downgraded,
    rejected,
    unresolved,
    costUsd: usd(sumOfKnown(run.costNanoUsd).sum),
    meanCostUsd: meanNano === null ? null : usd(meanNano),
    costEstimatedShare: costEstimatedShare(steps),
    quality: qualitySummary(run).quality,
  }
}

/**
 * The best of them: the one of least cost among those whose quality is at most `maxQualityDrop` below the best quality.
 * Undefined where cost or quality of all is unknown. Equal costs: the first.
 */
export function bestOf(
  contended: readonly Pick<Contended, 'meanCostUsd' | 'quality'>[],
  maxQualityDrop: number,
): number | undefined {
  const known = contended.flatMap(({ meanCostUsd, quality }, index) =>
    meanCostUsd === null || quality === null ? [] : [{ index, meanCostUsd, quality }],
  )
  const floor = Math.max(...known.map(({ quality }) => quality)) - maxQualityDrop
  const good = known.filter(({ quality }) => quality >= floor)
  return good.sort((a, b) => a.meanCostUsd - b.meanCostUsd || a.index - b.index)[0]?.index
}
