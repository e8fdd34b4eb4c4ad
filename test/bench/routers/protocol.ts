import { permutation } from '../../../src/core/random.js'
import { foldsOf } from '../../../src/tune/learn/folds.js'
import { hullOf, overHull } from './model-hull.js'
import { route, type Family } from './router.js'
import { allRows, meanOf, type RouterSet } from './router-set.js'
import { chooseWeight } from './weight-rules.js'

const FOLDS = 5

/** What a router got for every request when it had not seen it, by seed, then row. */
export interface Routed {
  readonly quality: Float64Array[]
  readonly costUsd: Float64Array[]
  /** Gain of each fold over the hull of the models on that fold's own requests. */
  readonly foldGains: number[]
}

/** Five outer folds a seed; the cost weight is chosen inside the training folds. */
export function evaluate(
  set: RouterSet,
  family: Family,
  { seeds, onSeed }: { readonly seeds: readonly number[]; readonly onSeed: (seed: number) => void },
): ReadonlyMap<string, Routed> {
  const routed = new Map<string, Routed>()
  const fit = family(set)
  for (const seed of seeds) {
    for (const test of foldsOf(set.prompts.length, FOLDS, seed)) {
      const held = new Set(test)
      const train = allRows(set).filter((row) => !held.has(row))
      for (const [name, fitted] of Object.entries(fit({ train, test, seed }))) {
        const own = routed.get(name) ?? { quality: [], costUsd: [], foldGains: [] }
        routed.set(name, own)
        const weight = chooseWeight(set, train, fitted)
        const models = test.map((_, at) => route(fitted.test, weight, at))
        record(set, { test, models, seed: seeds.indexOf(seed) }, own)
      }
    }
    onSeed(seed)
  }
  return routed
}

function record(
  set: RouterSet,
  {
    test,
    models,
    seed,
  }: { readonly test: readonly number[]; readonly models: readonly number[]; readonly seed: number },
  { quality, costUsd, foldGains }: Routed,
): void {
  const ownQuality = (quality[seed] ??= new Float64Array(set.prompts.length))
  const ownCost = (costUsd[seed] ??= new Float64Array(set.prompts.length))
  test.forEach((row, at) => {
    ownQuality[row] = set.models[models[at]!]!.quality[row]!
    ownCost[row] = set.models[models[at]!]!.costUsd[row]!
  })
  foldGains.push(overHull(hullOf(set, test), meanOf(ownQuality, test), meanOf(ownCost, test)))
}

/** Every request gets the outcomes, all models together, of another: nothing is left to learn from prompts or tasks. */
export function shuffledRows(set: RouterSet, seed: number): RouterSet {
  const order = [...permutation(set.prompts.length, seed)]
  return {
    ...set,
    prompts: order.map((row) => set.prompts[row]!),
    tasks: order.map((row) => set.tasks[row]!),
  }
}
