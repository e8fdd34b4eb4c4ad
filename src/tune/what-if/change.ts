import type { PolicyFileInput } from '../../core/policy-schema.js'

export type Pricing = NonNullable<PolicyFileInput['models'][number]['pricing']>

/** What is otherwise than today: any of these together, applied in this order. */
export interface Change {
  readonly removeModels: readonly string[]
  readonly addModels: readonly AddedModel[]
  /** New prices by model; a model that is not named keeps its own. */
  readonly prices: ReadonlyMap<string, Pricing>
  readonly shifts: readonly Shift[]
  /** How many requests come where one came. */
  readonly traffic: number
}

/** A model that the policy does not have yet, with where its answers' quality is taken from. */
export interface AddedModel {
  readonly spec: PolicyFileInput['models'][number]
  readonly quality: QualitySource
}

export type QualitySource =
  /** The log has outcomes of the model (a matrix). */
  | { readonly kind: 'log' }
  /** As good, and as long, as this model's answers. */
  | { readonly kind: 'model'; readonly model: string }
  /** The same quality for every request: a statement of the user. */
  | { readonly kind: 'stated'; readonly quality: number }

/** The share of a task's requests among all, multiplied. */
export interface Shift {
  readonly task: string
  readonly factor: number
}
