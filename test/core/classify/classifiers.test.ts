import { classifierContract } from '../../contract/classifier.js'
import { heuristicSchema } from '../../../src/core/classify/heuristic-schema.js'
import type { ClassifierSpec } from '../../../src/core/policy-schema.js'

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** At least one spec of every kind: a kind without one does not compile. */
const SPECS: {
  readonly [Kind in ClassifierSpec['kind']]: Record<string, Extract<ClassifierSpec, { kind: Kind }>>
} = {
  heuristic: {
    'heuristic with defaults': { kind: 'heuristic', heuristic: heuristicSchema.parse({}) },
    'heuristic without keywords': { kind: 'heuristic', heuristic: heuristicSchema.parse({ keywords: {} }) },
    'heuristic far outside [0, 1]': {
      kind: 'heuristic',
      heuristic: heuristicSchema.parse({
        bias: -2,
        weights: { tokens: 2, turns: 2, stackTrace: 2, requirements: -2 },
      }),
    },
  },
}

for (const kind of Object.values(SPECS)) {
  for (const [name, spec] of Object.entries(kind)) classifierContract(name, spec, seed)
}
