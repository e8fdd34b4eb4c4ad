import type { Model } from '../model.js'
import type { SelectorSpec } from '../policy-schema.js'
import { createScorer } from '../score/index.js'
import type { Ladder } from './ladder.js'
import { candidateOf, type SelectInput, type Selector } from './selector.js'

type CascadeSpec = Extract<SelectorSpec, { kind: 'cascade' }>

/**
 * Asks the cheapest rung first and climbs while answers score too low (FrugalGPT, https://arxiv.org/abs/2305.05176). A rung
 * whose model is unlikely to succeed is not asked at all; one that cannot take the request is passed over. What becomes of an
 * answer is the run's business (`core/run.ts`).
 */
export function createCascade(spec: CascadeSpec, models: readonly Model[]): Selector {
  const ladder = ladderOf(spec, models)
  const last = ladder.rungs.length - 1
  const isAsked = (rung: number, input: SelectInput): boolean =>
    rung === last || !isSkipped(ladder, rung, input)
  const start = (input: SelectInput): number => {
    let { rung } = input
    while (!isAsked(rung, input)) rung++
    return rung
  }
  return {
    kind: spec.kind,
    ladder,
    order(input) {
      for (let { rung } = input; rung <= last; rung++) {
        if (!isAsked(rung, input)) continue
        const found = candidateOf(input.feasible, models[ladder.rungs[rung]?.model ?? -1])
        if (found.length > 0) return found
      }
      return []
    },
    wantedTier: (input) => models[ladder.rungs[start(input)]?.model ?? -1]?.tier ?? 0,
  }
}

/** Where nobody expects a success of each model, what is easy counts as likely. */
function isSkipped({ rungs }: Ladder, place: number, input: SelectInput): boolean {
  const rung = rungs[place]
  if (rung === undefined || rung.skipBelow === 0) return false
  return (input.success(rung.model) ?? 1 - input.difficulty) < rung.skipBelow
}

function ladderOf({ rungs, scorer }: CascadeSpec, models: readonly Model[]): Ladder {
  return {
    rungs: rungs.map(({ model, accept, samples, skipBelow }) => ({
      model: models.findIndex(({ id }) => id === model),
      accept: accept ?? 0,
      samples,
      skipBelow,
    })),
    scorer: createScorer(scorer, models),
  }
}
