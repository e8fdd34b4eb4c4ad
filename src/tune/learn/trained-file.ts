import { sealPolicy, type Policy } from '../../core/policy.js'
import type { LearnedCascade } from '../cascade/learn-cascade.js'
import type { Learned } from './learn.js'
import { heuristicOf } from './train-classifiers.js'
import { LEARNED_FROM_TUNE } from '../seen-note.js'
import type { TrainOptions } from '../train.js'

export interface Evidence {
  readonly boundaries: { readonly learned: readonly number[]; readonly heuristic: readonly number[] }
  readonly margin: number | null
  /** In place of the policy's own. */
  readonly selector: object | null
  readonly cascade: LearnedCascade | null
  /** Of a `threshold` selector that is kept, on the learned difficulty. */
  readonly threshold: number | null
  readonly rule: string
  readonly tier: number | null
  readonly heuristic: number | null
  readonly heldOut: number
}

/** The policy with what was learned, sealed; boundaries are those of the classifier that it has from now on. */
export function trainedFile(
  { table, policyJson, kind, seed, forTuning, createdAt }: TrainOptions,
  policy: Policy,
  learned: Learned,
  { boundaries, margin, selector, cascade, threshold, rule, tier, heuristic, heldOut }: Evidence,
): Record<string, unknown> {
  const {
    createdAt: _old,
    contentHash: _hash,
    evidence: _evidence,
    forecast: _forecast,
    ...parent
  } = policyJson
  const classifier =
    kind === 'learned'
      ? { kind, learned: learned.spec }
      : {
          kind,
          boundaryMargin: margin ?? 0,
          heuristic: heuristicOf(policy),
          inside: { kind: 'learned', learned: learned.spec, tierBoundaries: boundaries.learned },
        }
  return sealPolicy({
    ...parent,
    policyId: `${policy.policyId}-${cascade === null ? kind : 'cascade'}`,
    parentId: policy.policyId,
    description: `${policy.policyId} with a ${kind} classifier${cascade === null ? '' : ', as a cascade'}.`,
    ...(createdAt === undefined ? {} : { createdAt }),
    classifier,
    ...(selector === null ? {} : { selector }),
    ...(selector !== null || threshold === null || kind === 'hybrid'
      ? {}
      : { selector: { ...policy.file.selector, threshold } }),
    tierBoundaries: kind === 'learned' ? boundaries.learned : boundaries.heuristic,
    evidence: {
      logHash: table.hash,
      arrivals: table.arrivals,
      syntheticData: table.syntheticData === true,
      split: rule,
      learnedFrom: forTuning === true ? LEARNED_FROM_TUNE : 'tune and validate',
      seed,
      heldOut: { requests: heldOut, rightTier: tier, rightTierOfHeuristic: heuristic },
      ...(cascade === null ? {} : { cascade: { isLadder: cascade.isLadder, heldOut: cascade.heldOut } }),
    },
  })
}
