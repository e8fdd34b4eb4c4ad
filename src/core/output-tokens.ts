import type { Model, ModelSpec } from './model.js'
import { STORED_QUANTILES, type Estimate, type OutputFigures } from './output-tokens-schema.js'

/** How long an answer is taken to be, in output tokens. */
export interface OutputEstimate {
  /** The mean: what a call is expected to cost, by which models are ordered. */
  readonly expected: number
  /** What `estimateWithMargin` reserves: the mean or a quantile, as the policy's `reservation.estimate` says. */
  readonly reserved: number
}

export interface OutputEstimates {
  readonly ofModel: OutputEstimate
  /** Of the tasks that were seen often enough to say something of their own. */
  readonly byTask: ReadonlyMap<string, OutputEstimate>
}

/**
 * The mean is the learned one, else `expectedOutputTokens`. A quantile that is not stored is answered by the next higher
 * stored one: reserving more than was asked for is safe, and a line drawn between two quantiles would pass under a long tail.
 */
export function compileOutputEstimates(spec: ModelSpec, estimate: Estimate): OutputEstimates {
  const { outputTokens, expectedOutputTokens } = spec
  if (outputTokens === undefined) {
    const ofModel = { expected: expectedOutputTokens, reserved: expectedOutputTokens }
    return { ofModel, byTask: new Map() }
  }
  const byTask = Object.entries(outputTokens.byTask)
  return {
    ofModel: estimateOf(outputTokens, estimate),
    byTask: new Map(byTask.map(([task, figures]) => [task, estimateOf(figures, estimate)])),
  }
}

/** For a request of this task: the task's own figures where there are any, else those of the model. */
export function outputEstimate({ outputTokens }: Model, task: string | undefined): OutputEstimate {
  const { ofModel, byTask } = outputTokens
  return task === undefined ? ofModel : (byTask.get(task) ?? ofModel)
}

function estimateOf({ mean, quantiles }: OutputFigures, estimate: Estimate): OutputEstimate {
  if (estimate === 'mean') return { expected: mean, reserved: mean }
  const stored = STORED_QUANTILES.find((quantile) => quantile >= estimate.quantile) ?? 0.99
  return { expected: mean, reserved: quantiles[`${stored}`] }
}
