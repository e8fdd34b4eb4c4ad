import type { Policy } from '../../core/policy.js'
import type { SelectorSpec } from '../../core/policy-schema.js'
import type { ChainedModel } from './model-chain.js'
import { nameOf } from './selector-shapes.js'
import type { PolicyJson, ShapeParts } from './shape.js'

type CascadeSpec = Extract<SelectorSpec, { kind: 'cascade' }>

/** Rungs of a ladder at most. */
const LONGEST = 3
/** Scores to accept from, to begin with. */
const ACCEPT = 0.5

/**
 * Cascades by the scorers that the policy or one of the others has: each of two or three models of the chain, cheapest first, whose
 * answers the scorer knows. A policy that explores has none, as both decide who is asked next.
 */
export function ladderShapes(
  json: PolicyJson,
  policy: Policy,
  { chain, others }: { readonly chain: readonly ChainedModel[]; readonly others: readonly Policy[] },
): readonly ShapeParts[] {
  if (policy.exploration !== undefined) return []
  const cascades = [policy, ...others].flatMap(({ file: { selector } }) =>
    selector.kind === 'cascade' ? [selector] : [],
  )
  const [first] = cascades
  if (first === undefined) return []
  const given = policy.file.selector.kind === 'cascade' ? [nameOf(policy.file.selector)] : []
  return laddersOf(chain.map(({ id }) => id))
    .filter((models) => models.slice(0, -1).every((model) => canScore(first, model)))
    .map((models) => cascadeOf(first, models))
    .filter((spec) => !given.includes(nameOf(spec)))
    .map((selector) => ({ name: nameOf(selector), json: { ...json, selector } }))
}

/** All of two and three, in the chain's order. */
function laddersOf(
  ids: readonly string[],
  from = 0,
  below: readonly string[] = [],
): readonly (readonly string[])[] {
  return ids.slice(from).flatMap((id, index) => {
    const ladder = [...below, id]
    const longer = ladder.length < LONGEST ? laddersOf(ids, from + index + 1, ladder) : []
    return ladder.length < 2 ? longer : [ladder, ...longer]
  })
}

function canScore({ scorer }: CascadeSpec, model: string): boolean {
  return scorer.kind !== 'acceptance' || scorer.models.some(({ id }) => id === model)
}

/** Samples as the given ladder takes them: an agreement needs two. */
function cascadeOf({ scorer, rungs }: CascadeSpec, models: readonly string[]): CascadeSpec {
  const samplesOf = (model: string): number =>
    rungs.find((rung) => rung.model === model)?.samples ?? (scorer.kind === 'agreement' ? 2 : 1)
  return {
    kind: 'cascade',
    scorer,
    rungs: models.map((model, index) =>
      index === models.length - 1
        ? { model, samples: 1, skipBelow: 0 }
        : { model, accept: ACCEPT, samples: samplesOf(model), skipBelow: 0 },
    ),
  }
}
