import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { usd } from '../core/money.js'
import { budgetRows, budgetSummary } from '../metrics/budgets.js'
import { contributions, knownMean, type Contributions } from '../metrics/contributions.js'
import { costEstimatedShare, ESTIMATES_ALLOWED } from '../metrics/cost-basis.js'
import { poolSpend } from '../metrics/pool-rows.js'
import { qualitySummary } from '../metrics/quality.js'
import type { BudgetSummary, RunCharts } from '../metrics/result.js'
import { inRowOrder } from '../metrics/row-order.js'
import { savings, savingsSeries } from '../metrics/savings.js'
import { sessionContributions, type QualityUnit } from '../metrics/session-quality.js'
import { requireSessionOutcomes } from '../metrics/sessions.js'
import { stepCounts, type StepCounts } from '../metrics/step-counts.js'
import { onTrajectory, trajectoryOf } from '../metrics/trajectory.js'
import type { ReplayResult } from '../replay/steps.js'

/** What one replay says at once, by the same functions as the report's own table; what is missing takes resampling. */
export interface Figures extends StepCounts {
  /** Total of the log and mean per offered request, US dollars; null where less than 95 % of the costs are known. */
  readonly costUsd: number | null
  readonly meanCostUsd: number | null
  readonly baselineCostUsd: number | null
  readonly savedByRouting: number | null
  /** Much of the cost is expected and not recorded: what weighing the log says of it takes longer. */
  readonly isCostEstimated: boolean
  readonly quality: number | null
  readonly qualityServed: number | null
  readonly budget: BudgetSummary
  readonly budgets: RunCharts['budgets']
  /** The pools that stopped most, with what they spent through time. */
  readonly pools: RunCharts['poolSpend']
}

export interface FiguresInput {
  readonly table: LogTable
  readonly policy: Policy
  readonly result: ReplayResult
  readonly baseline: Contributions
  readonly qualityUnit: QualityUnit
}

export function figuresOf({ table, policy, result, baseline, qualityUnit }: FiguresInput): Figures {
  const steps = inRowOrder(result.steps, table.size)
  const { unservedQuality } = policy.file
  const run = onTrajectory(contributions(steps, unservedQuality), trajectoryOf(table, steps, policy))
  const meanCost = knownMean(run.costNanoUsd)
  const { quality, qualityServed } = qualitySummary(
    qualityUnit === 'request'
      ? run
      : sessionContributions(table, requireSessionOutcomes(table), { steps, unservedQuality }),
  )
  const { baselineCostUsd, savedByRouting } = savings(savingsSeries(run, baseline))
  return {
    ...stepCounts(result.steps),
    costUsd: meanCost === null ? null : usd(meanCost * run.size),
    meanCostUsd: meanCost === null ? null : usd(meanCost),
    baselineCostUsd,
    savedByRouting,
    isCostEstimated: costEstimatedShare(result.steps) > ESTIMATES_ALLOWED,
    quality,
    qualityServed,
    budget: budgetSummary(result),
    budgets: budgetRows(result.poolWindows),
    pools: poolSpend(result.poolSeries, result.poolWindows),
  }
}
