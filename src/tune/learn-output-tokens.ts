import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../core/log-table.js'
import { STORED_QUANTILES, type OutputFigures, type OutputTokens } from '../core/output-tokens-schema.js'

export interface LearnedOutputTokens {
  /** By model; a model without one outcome of known output tokens is left out. */
  readonly byModel: ReadonlyMap<string, OutputTokens>
  /** Outcomes of the named models, and those of them whose output tokens are known: only these count. */
  readonly outcomes: number
  readonly known: number
}

/** With fewer outcomes a task's 0.95 quantile would be its longest answer but one: the model's figures say more. */
const FEWEST_OF_TASK = 30

/**
 * Mean and quantiles of output tokens by model, and by task where a task has at least 30 outcomes. A quantile is the
 * smallest recorded length that at least this share of the answers did not pass (type 1 of Hyndman and Fan 1996,
 * https://doi.org/10.1080/00031305.1996.10473566): a length that was seen, and never below the share asked for.
 */
export function learnOutputTokens(table: LogTable, models: readonly string[]): LearnedOutputTokens {
  const byModel = new Map<string, OutputTokens>()
  let outcomes = 0
  let known = 0
  for (const outcome of table.outcomes) {
    if (!models.includes(outcome.model)) continue
    const { all, byTask } = lengths(table, outcome)
    outcomes += outcome.basis.reduce((sum, basis) => sum + (basis === NO_OUTCOME ? 0 : 1), 0)
    known += all.length
    if (all.length > 0) byModel.set(outcome.model, { ...figures(all), byTask: taskFigures(byTask) })
  }
  return { byModel, outcomes, known }
}

interface Lengths {
  readonly all: readonly number[]
  readonly byTask: ReadonlyMap<string, readonly number[]>
}

function lengths({ size, task }: LogTable, { basis, outputTokens }: OutcomeColumns): Lengths {
  const all: number[] = []
  const byTask = new Map<string, number[]>()
  for (let row = 0; row < size; row++) {
    const tokens = outputTokens[row] ?? -1
    if (basis[row] === NO_OUTCOME || tokens < 0) continue
    all.push(tokens)
    const name = task.values[task.codes[row] ?? -1]
    if (name === undefined) continue
    const own = byTask.get(name)
    if (own === undefined) byTask.set(name, [tokens])
    else own.push(tokens)
  }
  return { all, byTask }
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
