/**
 * The difficulty model, as the card (datasets/README.md) states it. What text shows is `visible`; what it cannot show is
 * noise, which is why no classifier can know every required tier.
 */
import type { Random } from '../core/random.js'
import type { Language } from './code/snippet-template.js'
import { normal } from './sampling.js'

/** Standard deviation of what text cannot show: the state of a repository, the mood of a reviewer. */
export const NOISE = 0.06

/** Difficulty at and above which tier 1, then tier 2 is required. */
export const TIER_BOUNDARIES = [0.35, 0.7] as const

/** How steeply success falls where difficulty passes a model's ability. */
export const STEEPNESS = 22

/** People turn down some good answers too: no model is accepted more often than this. */
export const ACCEPTANCE_CEILING = 0.96

const LANGUAGE_OFFSET: Readonly<Record<Language, number>> = {
  python: -0.015,
  typescript: 0,
  java: 0.005,
  go: 0.01,
  rust: 0.045,
}
const SIZE_WEIGHT = 0.025
const TYPICAL_TOKENS = 120
const SUBJECT_WEIGHT = 0.6

export interface VisibleParts {
  readonly base: number
  /** Sum of the weights of the phrases and code that make up the text. */
  readonly textWeight: number
  readonly subjectComplexity: number
  readonly language: Language
  readonly promptTokens: number
}

/** What a perfect reader of the text could know. */
export function visibleDifficulty(parts: VisibleParts): number {
  return (
    parts.base +
    parts.textWeight +
    SUBJECT_WEIGHT * (parts.subjectComplexity - 0.05) +
    LANGUAGE_OFFSET[parts.language] +
    SIZE_WEIGHT * Math.log2(Math.max(8, parts.promptTokens) / TYPICAL_TOKENS)
  )
}

/** The difficulty that decides the outcomes, in [0, 1]. */
export function latentDifficulty(random: Random, visible: number): number {
  return Math.min(1, Math.max(0, visible + NOISE * normal(random)))
}

/** Lowest tier that is likely to succeed. */
export function requiredTier(difficulty: number): number {
  return TIER_BOUNDARIES.filter((boundary) => difficulty >= boundary).length
}

/** Chance that a model's answer is accepted. It falls with difficulty and rises with ability, for every request. */
export function successProbability(ability: number, difficulty: number): number {
  return ACCEPTANCE_CEILING / (1 + Math.exp(-STEEPNESS * (ability - difficulty)))
}
