import type { LogTable, OutcomeColumns } from '../core/log-table.js'
import { usd } from '../core/money.js'
import { FLAG_DOWNGRADED, FLAG_TRUNCATED, type Steps } from '../replay/steps.js'
import type { Contributions } from './contributions.js'

/** Why a request got a worse answer than it could have had. */
export type LossCause = 'refused' | 'downgraded' | 'truncated' | 'choice'

/** Where a policy's answers are worse than the baseline's, over the requests whose quality is known under both. */
export interface QualityLost {
  readonly compared: number
  readonly worse: number
  readonly better: number
  /** Sums of the differences, in answers of full quality. */
  readonly lost: number
  readonly gained: number
  /** Worse requests by what made them so, the largest loss first. */
  readonly byCause: readonly { readonly cause: LossCause; readonly requests: number; readonly lost: number }[]
  /** The tasks with the largest net loss first, at most a dozen; null stands for requests without a task. */
  readonly byTask: readonly TaskLoss[]
  /** At most twenty; a short list means that no other request could have had a better answer. */
  readonly worst: readonly WorstRequest[]
}

export interface TaskLoss {
  readonly task: string | null
  readonly compared: number
  readonly worse: number
  readonly better: number
  readonly lost: number
  readonly gained: number
}

/** One request with the answer it got and a better one that it could have had. It holds no text: that stays in the log store. */
export interface WorstRequest {
  readonly id: string
  readonly at: number
  readonly task: string | null
  /** Null: the answer is no worse than under the baseline, and another model has a better one. */
  readonly cause: LossCause | null
  /** `model` null: refused, and then of the quality that refusing has. */
  readonly chosen: {
    readonly model: string | null
    readonly quality: number
    readonly costUsd: number | null
  }
  readonly better: { readonly model: string; readonly quality: number; readonly costUsd: number | null }
}

export interface QualityLostInput {
  /** With costs as the run's own replay charges them. */
  readonly table: LogTable
  /** In row order. */
  readonly steps: Steps
  readonly run: Contributions
  readonly baseline: Contributions
  /** Ids of the models that could have answered: the policy's and the baseline's. */
  readonly models: readonly string[]
}

const WORST = 20
const TASKS = 12

/** Null where no request's quality is known under both. O(rows x models). */
export function qualityLost(input: QualityLostInput): QualityLost | null {
  const { table, steps, run, baseline } = input
  const total = noLoss()
  const tasks = Array.from({ length: table.task.values.length + 1 }, noLoss)
  const causes = new Map<LossCause, { requests: number; lost: number }>()
  for (let row = 0; row < steps.size; row++) {
    const difference = (run.quality[row] as number) - (baseline.quality[row] as number)
    if (Number.isNaN(difference)) continue
    count(total, difference)
    count(tasks[(table.task.codes[row] ?? -1) + 1] as Loss, difference)
    if (difference >= 0) continue
    const cause = causeOf(steps, row)
    const own = causes.get(cause) ?? { requests: 0, lost: 0 }
    causes.set(cause, { requests: own.requests + 1, lost: own.lost - difference })
  }
  if (total.compared === 0) return null
  return {
    ...total,
    byCause: [...causes]
      .map(([cause, own]) => ({ cause, ...own }))
      .sort((a, b) => b.lost - a.lost || b.requests - a.requests),
    byTask: tasks
      .map((loss, at) => ({ task: table.task.values[at - 1] ?? null, ...loss }))
      .filter(({ compared }) => compared > 0)
      .sort((a, b) => b.lost - b.gained - (a.lost - a.gained))
      .slice(0, TASKS),
    worst: worstRequests(input),
  }
}

type Loss = { -readonly [Key in Exclude<keyof TaskLoss, 'task'>]: TaskLoss[Key] }

function noLoss(): Loss {
  return { compared: 0, worse: 0, better: 0, lost: 0, gained: 0 }
}

function count(loss: Loss, difference: number): void {
  loss.compared++
  if (difference < 0) {
    loss.worse++
    loss.lost -= difference
  } else if (difference > 0) {
    loss.better++
    loss.gained += difference
  }
}

function causeOf({ model, flags }: Steps, row: number): LossCause {
  const flag = flags[row] as number
  if ((model[row] as number) < 0) return 'refused'
  if ((flag & FLAG_DOWNGRADED) !== 0) return 'downgraded'
  return (flag & FLAG_TRUNCATED) !== 0 ? 'truncated' : 'choice'
}

/** The largest loss against the baseline first, then against the best known answer, then those that are mended for least money. */
function worstRequests({ table, steps, run, baseline, models }: QualityLostInput): WorstRequest[] {
  const columns = models.flatMap((id) => table.outcomes.find(({ model }) => model === id) ?? [])
  const found: {
    readonly row: number
    readonly less: number
    readonly lost: number
    readonly extra: number
  }[] = []
  for (let row = 0; row < steps.size; row++) {
    const own = run.quality[row] as number
    const best = bestOf(columns, row)
    const lost = best === undefined ? NaN : (best.quality[row] as number) - own
    if (best === undefined || !(lost > 1e-9)) continue
    const less = Math.max(0, (baseline.quality[row] as number) - own)
    const extra = (best.costNanoUsd[row] as number) - (steps.costNanoUsd[row] as number)
    found.push({
      row,
      less: Number.isNaN(less) ? 0 : less,
      lost,
      extra: Number.isNaN(extra) ? Infinity : extra,
    })
  }
  found.sort((a, b) => b.less - a.less || b.lost - a.lost || compared(a.extra, b.extra) || a.row - b.row)
  return found
    .slice(0, WORST)
    .map(({ row }) => asWorst({ table, steps, run, baseline }, row, bestOf(columns, row)))
}

/** Two unknown extra costs are equal: their difference is no number. */
function compared(a: number, b: number): number {
  return a === b ? 0 : a - b
}

/** Of the models with the best known quality the cheapest. */
function bestOf(columns: readonly OutcomeColumns[], row: number): OutcomeColumns | undefined {
  let best: OutcomeColumns | undefined
  for (const column of columns) {
    const quality = column.quality[row] as number
    if (Number.isNaN(quality)) continue
    const lead = best === undefined ? Infinity : quality - (best.quality[row] as number)
    const isCheaper = !((column.costNanoUsd[row] as number) >= (best?.costNanoUsd[row] ?? NaN))
    if (lead > 0 || (lead === 0 && isCheaper)) best = column
  }
  return best
}

function asWorst(
  { table, steps, run, baseline }: Omit<QualityLostInput, 'models'>,
  row: number,
  best: OutcomeColumns | undefined,
): WorstRequest {
  const cause = causeOf(steps, row)
  const isNoWorse = cause === 'choice' && (run.quality[row] as number) >= (baseline.quality[row] as number)
  return {
    id: table.ids[row] ?? '',
    at: table.at[row] as number,
    task: table.task.values[table.task.codes[row] ?? -1] ?? null,
    cause: isNoWorse ? null : cause,
    chosen: {
      model: steps.models[steps.model[row] as number]?.id ?? null,
      quality: run.quality[row] as number,
      costUsd: dollars(steps.costNanoUsd[row] as number),
    },
    better: {
      model: best?.model ?? '',
      quality: best?.quality[row] ?? NaN,
      costUsd: dollars(best?.costNanoUsd[row] ?? NaN),
    },
  }
}

function dollars(nanoUsd: number): number | null {
  return Number.isNaN(nanoUsd) ? null : usd(nanoUsd)
}
