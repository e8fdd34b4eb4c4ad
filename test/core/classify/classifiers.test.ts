import { aLearnedSpec } from '../../builders/a-learned-spec.js'
import { classifierContract } from '../../contract/classifier.js'
import { heuristicSchema } from '../../../src/core/classify/heuristic-schema.js'
import type { ClassifierSpec } from '../../../src/core/policy-schema.js'

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))

const LEARNED = aLearnedSpec(['small', 'medium', 'large'])

const SERVICE = {
  name: 'judge',
  maxCostUsd: 0.001,
  expectedLatencyMs: 100,
  timeoutMs: 500,
  onFailure: 'heuristic',
} as const

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
  service: { service: { kind: 'service', ...SERVICE, heuristic: heuristicSchema.parse({}) } },
  learned: { learned: { kind: 'learned', learned: LEARNED } },
  hybrid: {
    hybrid: {
      kind: 'hybrid',
      boundaryMargin: 0.15,
      heuristic: heuristicSchema.parse({}),
      inside: { kind: 'learned', learned: LEARNED, tierBoundaries: [0.2, 0.7] },
    },
    'hybrid with a service': {
      kind: 'hybrid',
      boundaryMargin: 0.15,
      heuristic: heuristicSchema.parse({}),
      inside: { kind: 'service', ...SERVICE },
    },
  },
}

const CONTEXT = {
  models: [
    { id: 'small', tier: 0 },
    { id: 'medium', tier: 1 },
    { id: 'large', tier: 2 },
  ],
  tierBoundaries: [0.3, 0.6],
}

for (const kind of Object.values(SPECS)) {
  for (const [name, spec] of Object.entries(kind)) classifierContract(name, spec, seed, CONTEXT)
}
