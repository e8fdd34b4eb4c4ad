import { NO_CALL } from './target-rows.js'

export interface Quoted {
  readonly name: 'dr' | 'snips'
  /** Why that one, as the end of a sentence. */
  readonly because: string
}

/** An outcome model of fewer outcomes than this would be noise. */
const MIN_TAUGHT = 20

export interface QuotedInput {
  readonly actions: Int32Array
  /** Of the calls that teach, by row; -1 where none does. */
  readonly chosen: Int32Array
  readonly models: readonly string[]
  readonly covariates: readonly Float64Array[]
}

/**
 * Which estimator the headline takes, by a rule that looks at no outcome: DR, unless there is nothing to learn an outcome
 * model from.
 */
export function quotedEstimator(input: QuotedInput): Quoted {
  if (input.covariates.length <= 1)
    return {
      name: 'snips',
      because: 'the log has nothing by which requests differ, so an outcome model would add nothing',
    }
  const scarce = scarceModel(input)
  if (scarce !== undefined)
    return {
      name: 'snips',
      because: `the log has fewer than ${MIN_TAUGHT} outcomes of ${scarce}, too few for an outcome model`,
    }
  return {
    name: 'dr',
    because:
      'with right propensities it is right whatever its outcome model says, and narrower than weights alone by what that model knows',
  }
}

function scarceModel({ actions, chosen, models }: QuotedInput): string | undefined {
  const taught = new Int32Array(models.length)
  for (const model of chosen) if (model >= 0) taught[model] = (taught[model] ?? 0) + 1
  const asked = new Set(actions)
  asked.delete(NO_CALL)
  return models.find((_, model) => asked.has(model) && (taught[model] ?? 0) < MIN_TAUGHT)
}
