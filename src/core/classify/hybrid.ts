import type { ClassifierSpec } from '../policy-schema.js'
import { sha256Hex } from '../content-hash.js'
import type { Classifier, ClassifierContext } from './classifier.js'
import { difficultiesByRow } from './feature-rows.js'
import type { FeatureExtractor } from './features.js'
import { createHeuristic } from './heuristic.js'
import { createLearned } from './learned.js'
import { serviceOf } from './service.js'

type HybridSpec = Extract<ClassifierSpec, { kind: 'hybrid' }>

/**
 * The heuristic decides what lies further than `boundaryMargin` from every tier boundary; what lies nearer is decided by
 * what is inside, which is then the only one that is paid for: the learned classifier, or a service. A learned difficulty has boundaries of its own: it is
 * carried over to the policy's, so that each stays in its tier.
 */
export function createHybrid(spec: HybridSpec, context: ClassifierContext): Classifier {
  const { inside } = spec
  const rules = createHeuristic({ kind: 'heuristic', heuristic: spec.heuristic })
  if (inside.kind === 'learned') return learnedInside(spec, inside, rules, context)
  const isNear = nearBoundaries(spec, context)
  const service = serviceOf(inside, (features) => isNear(rules.difficulty(features)))
  return { ...rules, kind: spec.kind, service }
}

function nearBoundaries(
  { boundaryMargin }: HybridSpec,
  { tierBoundaries }: ClassifierContext,
): (difficulty: number) => boolean {
  return (difficulty) => tierBoundaries.some((boundary) => Math.abs(difficulty - boundary) <= boundaryMargin)
}

function learnedInside(
  spec: HybridSpec,
  inside: Extract<HybridSpec['inside'], { kind: 'learned' }>,
  rules: Classifier,
  context: ClassifierContext,
): Classifier {
  const { tierBoundaries } = context
  const learned = createLearned({ kind: 'learned', learned: inside.learned }, context)
  const own = rules.extractor.names.length
  const carry = carrying(inside.tierBoundaries, tierBoundaries)
  const isInside = nearBoundaries(spec, context)
  const ofRules = (features: ArrayLike<number>): ArrayLike<number> => part(features, 0, own)
  const ofLearned = (features: ArrayLike<number>): ArrayLike<number> => part(features, own, features.length)
  const isKnown = (features: ArrayLike<number>): boolean => {
    for (let i = own; i < own + context.models.length; i++)
      if (!Number.isNaN(features[i] as number)) return true
    return false
  }
  // The rules' columns come first, and they read no others.
  // A table may hold what is inside for more requests than this policy asks it for, as when boundaries are searched.
  const isLearned = (features: ArrayLike<number>): boolean =>
    isKnown(features) && isInside(rules.difficulty(features))
  const learnedOf = (features: ArrayLike<number> | undefined): ArrayLike<number> | undefined =>
    features !== undefined && isLearned(features) ? ofLearned(features) : undefined
  const difficulty = (features: ArrayLike<number> | undefined): number => {
    if (features === undefined) return 1
    if (isLearned(features)) return carry(learned.difficulty(ofLearned(features)))
    return rules.difficulty(features)
  }
  return {
    kind: 'hybrid',
    extractor: createHybridExtractor(
      rules,
      learned,
      isInside,
      sha256Hex(JSON.stringify([spec, tierBoundaries])),
    ),
    difficulty,
    predictor: learned.predictor && {
      success: (features, model) => learned.predictor?.success(learnedOf(features), model),
      outputTokens: (features, model) => learned.predictor?.outputTokens(learnedOf(features), model),
      costNanoUsd: (features, model) => learned.predictor?.costNanoUsd(learnedOf(features), model),
    },
    difficulties: (columns, size) => difficultiesByRow(difficulty, columns, size),
    explain(features) {
      if (features === undefined || !isLearned(features))
        return rules.explain(features === undefined ? undefined : ofRules(features))
      const parts = learned.explain(ofLearned(features))
      const [before, after] = [learned.difficulty(ofLearned(features)), difficulty(features)]
      const carried = {
        name: 'carried to the policy’s boundaries',
        value: after - before,
        weight: 1,
        part: after - before,
      }
      return after === before ? parts : [...parts, carried]
    },
  }
}

function createHybridExtractor(
  rules: Classifier,
  learned: Classifier,
  isInside: (difficulty: number) => boolean,
  hash: string,
): FeatureExtractor {
  const others = learned.extractor.names.length
  return {
    key: `hybrid-1-${hash.slice(0, 16)}`,
    names: [...rules.extractor.names, ...learned.extractor.names],
    extract(messages, tokens, task) {
      const first = rules.extractor.extract(messages, tokens, task)
      const values = new Float64Array(first.length + others).fill(NaN)
      values.set(first)
      if (isInside(rules.difficulty(first)))
        values.set(learned.extractor.extract(messages, tokens, task), first.length)
      return values
    },
  }
}

/** The rising line through (0, 0), each pair of boundaries and (1, 1). */
function carrying(from: readonly number[], to: readonly number[]): (difficulty: number) => number {
  const [lefts, rights] = [
    [0, ...from, 1],
    [0, ...to, 1],
  ]
  if (from.length !== to.length || from.every((boundary, i) => boundary === to[i]))
    return (difficulty) => difficulty
  return (difficulty) => {
    let place = 0
    while (place < lefts.length - 2 && difficulty >= (lefts[place + 1] as number)) place++
    const [left, right] = [lefts[place] as number, lefts[place + 1] as number]
    const [low, high] = [rights[place] as number, rights[place + 1] as number]
    const share = right > left ? (difficulty - left) / (right - left) : 0
    const carried = low + share * (high - low)
    // A difficulty below a boundary stays below it, whatever the last bits say.
    return difficulty < right && carried >= high && high > low ? below(high, low) : carried
  }
}

function below(high: number, low: number): number {
  return Math.max(low, high * (1 - 2 ** -50))
}

function part(features: ArrayLike<number>, from: number, to: number): ArrayLike<number> {
  return features instanceof Float64Array
    ? features.subarray(from, to)
    : Array.prototype.slice.call(features, from, to)
}
