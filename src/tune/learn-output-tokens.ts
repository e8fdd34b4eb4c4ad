import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../core/log-table.js'
import { ratesAt, type Prices } from '../core/model.js'
import { PICO_PER_NANO } from '../core/money.js'
import { STORED_QUANTILES, type OutputFigures, type OutputTokens } from '../core/output-tokens-schema.js'

export interface LearnedOutputTokens {
  /** By model; a model without one outcome that counts is left out. */
  readonly byModel: ReadonlyMap<string, OutputTokens>
  /** Outcomes of the named models, and those of them that count. */
  readonly outcomes: number
  readonly counted: number
  /** Part of those that count: no output tokens are recorded, but they follow from the recorded cost. */
  readonly fromCost: number
}

/** A model to learn of, with the prices that its costs are read by. */
export interface LearnedModel {
  readonly id: string
  readonly prices: Prices | undefined
}

/** With fewer outcomes a task's 0.95 quantile would be its longest answer but one: the model's figures say more. */
const FEWEST_OF_TASK = 30

/**
 * Mean and quantiles of output tokens by model, and by task where a task has at least 30 outcomes. Only outcomes whose
 * output tokens are recorded count, or follow from what is: the recorded cost less the input, at the model's price. A
 * length found so is an estimate, but one whose error the price of the same tokens undoes. A quantile is the
 * smallest recorded length that at least this share of the answers did not pass (type 1 of Hyndman and Fan 1996,
 * https://doi.org/10.1080/00031305.1996.10473566): a length that was seen, and never below the share asked for.
 */
export function learnOutputTokens(table: LogTable, models: readonly LearnedModel[]): LearnedOutputTokens {
  const byModel = new Map<string, OutputTokens>()
  let outcomes = 0
  let counted = 0
  let fromCost = 0
  for (const { id, prices } of models) {
    const outcome = table.outcomes.find(({ model }) => model === id)
    if (outcome === undefined) continue
    const found = lengths(table, outcome, prices)
    const { all, byTask } = found
    outcomes += found.outcomes
    counted += all.length
    fromCost += found.fromCost
    if (all.length > 0) byModel.set(outcome.model, { ...figures(all), byTask: taskFigures(byTask) })
  }
  return { byModel, outcomes, counted, fromCost }
}

interface Lengths {
  readonly outcomes: number
  readonly fromCost: number
  readonly all: readonly number[]
  readonly byTask: ReadonlyMap<string, readonly number[]>
}

function lengths(table: LogTable, outcome: OutcomeColumns, prices: Prices | undefined): Lengths {
  const { size, task } = table
  let outcomes = 0
  let fromCost = 0
  const all: number[] = []
  const byTask = new Map<string, number[]>()
  for (let row = 0; row < size; row++) {
    if (outcome.basis[row] === NO_OUTCOME) continue
    outcomes++
    const recorded = outcome.outputTokens[row] ?? -1
    const tokens = recorded >= 0 ? recorded : paidFor(table, outcome, prices, row)
    if (!(tokens >= 0)) continue
    if (recorded < 0) fromCost++
    all.push(tokens)
    const name = task.values[task.codes[row] ?? -1]
    if (name === undefined) continue
    const own = byTask.get(name)
    if (own === undefined) byTask.set(name, [tokens])
    else own.push(tokens)
  }
  return { outcomes, fromCost, all, byTask }
}

/**
 * Output tokens that the recorded cost pays for besides the input: none where it does not even pay for the input as we
 * count it. NaN where there is no such cost: one of 0 is not recorded, as nothing is free.
 */
function paidFor(table: LogTable, outcome: OutcomeColumns, prices: Prices | undefined, row: number): number {
  const recorded = outcome.inputTokens[row] ?? -1
  const input = recorded >= 0 ? recorded : (table.inputTokensEstimate[row] ?? -1)
  if (prices === undefined || input < 0) return NaN
  const { inputPico, outputPico, perRequestPico } = ratesAt(prices, input)
  if (outputPico === 0) return NaN
  const costPico = (outcome.costNanoUsd[row] ?? NaN) * PICO_PER_NANO
  if (!(costPico > 0)) return NaN
  return Math.max(0, Math.floor((costPico - input * inputPico - perRequestPico) / outputPico))
}

/** In the order of their names, so that the order of the log's rows leaves no trace in the policy. */
function taskFigures(byTask: Lengths['byTask']): Record<string, OutputFigures> {
  const enough = [...byTask].filter(([, own]) => own.length >= FEWEST_OF_TASK)
  enough.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(enough.map(([name, own]) => [name, figures(own)]))
}

function figures(tokens: readonly number[]): OutputFigures {
  const sorted = Float64Array.from(tokens).sort()
  const quantile = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? 0
  const [half, threeQuarters, ninety, ninetyFive, ninetyNine] = STORED_QUANTILES
  return {
    outcomes: sorted.length,
    mean: Math.round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
    quantiles: {
      '0.5': quantile(half),
      '0.75': quantile(threeQuarters),
      '0.9': quantile(ninety),
      '0.95': quantile(ninetyFive),
      '0.99': quantile(ninetyNine),
    },
  }
}
