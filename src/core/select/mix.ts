import type { Candidate } from '../budget/choose.js'
import type { Model } from '../model.js'
import type { SelectorSpec } from '../policy-schema.js'
import { draw } from '../random.js'
import type { SelectInput, Selector } from './selector.js'

/** Models by lot in fixed shares, with no look at the prompt: the control that a router has to beat. */
export function createMix(spec: Extract<SelectorSpec, { kind: 'mix' }>, models: readonly Model[]): Selector {
  const shares = models.map(({ id }) => spec.shares[id] ?? 0)
  const topTier = Math.max(
    0,
    ...models.filter((_, index) => (shares[index] ?? 0) > 0).map(({ tier }) => tier),
  )
  const shareOf = ({ model }: Candidate): number => shares[model] ?? 0
  const shared = models.filter(({ index }) => (shares[index] ?? 0) > 0)
  const candidatesOf = ({ feasible }: SelectInput): readonly Candidate[] =>
    shared.flatMap(({ index }) => feasible.candidate(index) ?? [])
  const totalOf = (candidates: readonly Candidate[]): number =>
    candidates.reduce((sum, candidate) => sum + shareOf(candidate), 0)
  return {
    kind: spec.kind,
    order(input) {
      const candidates = candidatesOf(input)
      let left = draw(input.seed, input.requestId, 'mix') * totalOf(candidates)
      const drawn = candidates.find((candidate) => (left -= shareOf(candidate)) < 0) ?? candidates.at(-1)
      return drawn === undefined ? [] : [drawn]
    },
    chances(input) {
      const candidates = candidatesOf(input)
      const total = totalOf(candidates)
      return candidates.map((candidate) => ({ candidate, share: shareOf(candidate) / total }))
    },
    wantedTier: () => topTier,
  }
}
