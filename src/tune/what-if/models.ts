import { InputError, nearMiss } from '../../core/errors.js'
import { BASES, NO_OUTCOME, type LogTable, type OutcomeColumns } from '../../core/log-table.js'
import { costNanoUsd } from '../../core/usage.js'
import type { AddedModel } from './change.js'
import { compiled } from './prices.js'

const ESTIMATED = BASES.indexOf('estimated')

/**
 * The log with outcomes of a model that it does not know: copied from a model that is said to answer alike, or of a stated
 * quality and the length that the model's entry expects. Both are estimates and marked as such.
 * @throws InputError when the log knows the model already, or does not know the one to copy.
 */
export function withModel(table: LogTable, { spec, quality }: AddedModel): LogTable {
  const own = table.outcomes.some(({ model }) => model === spec.id)
  if (quality.kind === 'log') {
    if (own) return table
    throw new InputError(
      `the log has no outcome of ${spec.id}: say how good it is, with --quality-from MODEL or --stated-quality 0.8`,
    )
  }
  if (own) throw new InputError(`the log has outcomes of ${spec.id} already: leave its quality to them`)
  const outcome =
    quality.kind === 'model' ? copied(table, quality.model, spec) : stated(table, quality.quality, spec)
  return { ...table, outcomes: [...table.outcomes, outcome] }
}

function copied(table: LogTable, from: string, spec: AddedModel['spec']): OutcomeColumns {
  const outcome = table.outcomes.find(({ model }) => model === from)
  if (outcome === undefined) {
    const known = table.outcomes.map(({ model }) => model)
    const near = nearMiss(from, known)
    throw new InputError(
      `--quality-from ${from}: the log has no such model; ${near === undefined ? `it has ${known.join(', ')}` : `did you mean ${near}?`}`,
    )
  }
  return {
    ...outcome,
    model: spec.id,
    basis: outcome.basis.map((basis) => (basis === NO_OUTCOME ? NO_OUTCOME : ESTIMATED)),
    costNanoUsd: costs(spec, outcome.inputTokens, outcome.outputTokens),
  }
}

function stated(table: LogTable, quality: number, spec: AddedModel['spec']): OutcomeColumns {
  const outputTokens = new Int32Array(table.size).fill(spec.expectedOutputTokens ?? 400)
  return {
    model: spec.id,
    basis: new Uint8Array(table.size).fill(ESTIMATED),
    costNanoUsd: costs(spec, table.inputTokensEstimate, outputTokens),
    quality: new Float64Array(table.size).fill(quality),
    inputTokens: table.inputTokensEstimate,
    outputTokens,
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    latencyMs: new Float64Array(table.size).fill(NaN),
  }
}

/** Usage at the model's price; NaN where either is unknown. */
function costs({ pricing }: AddedModel['spec'], input: Int32Array, output: Int32Array): Float64Array {
  const prices = pricing === undefined ? undefined : compiled(pricing)
  return Float64Array.from(input, (inputTokens, row) => {
    const outputTokens = output[row] ?? -1
    if (prices === undefined || inputTokens < 0 || outputTokens < 0) return NaN
    return costNanoUsd(prices, { inputTokens, outputTokens })
  })
}
