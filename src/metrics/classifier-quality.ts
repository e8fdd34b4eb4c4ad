import { sha256Hex } from '../core/content-hash.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { Steps } from '../replay/steps.js'
import { auc } from './auc.js'
import { calibrationError, reliability, type ReliabilityBin } from './reliability.js'
import { ACCEPTABLE, requiredTiers } from './required-tier.js'

/** How well a policy's classifier told hard requests from easy ones, where the log knows what every model would have done. */
export interface ClassifierQuality {
  readonly kind: string
  /** Equal for policies with the same classifier, boundaries and tiers: they say the same. */
  readonly key: string
  /** Requests with a known difficulty and the quality of every model of the policy. */
  readonly requests: number
  /** Of those, answered acceptably by no model: they count as asking for the top tier. */
  readonly hopeless: number
  /** Requests by the tier that was asked for (row) and the lowest that would have done (column), from tier 0 up. */
  readonly confusion: readonly (readonly number[])[]
  /** The chance that a request which tier 0 fails looks harder than one that it answers. */
  readonly auc: number | null
  /** Bins of equal size: the difficulty as claimed, and as it was: the required tier as a share of the top one. */
  readonly calibration: readonly ReliabilityBin[]
  readonly calibrationError: number | null
  /** The most telling first, at most a dozen. */
  readonly features: readonly FeatureSkill[]
}

/** What one feature of a request alone tells. Means are over requests that tier 0 answers, and those that it fails. */
export interface FeatureSkill {
  readonly name: string
  /** What it adds to the difficulty at its full value; null where nothing is added up. */
  readonly weight: number | null
  readonly easyMean: number
  readonly hardMean: number
  readonly auc: number
}

export interface ClassifierQualityInput {
  /** Of the outcomes. */
  readonly table: LogTable
  /** As the policy's own classifier reads the log. */
  readonly features: readonly Float64Array[]
  readonly steps: Steps
  readonly policy: Policy
}

const FEATURES = 12
const LEAST_REQUESTS = 100

export function classifierKey({ file, models }: Policy): string {
  const tiers = models.map(({ id, tier }) => [id, tier])
  return sha256Hex(JSON.stringify([file.classifier, file.tierBoundaries, tiers])).slice(0, 16)
}

/** Null with one tier, or where less than a hundred requests have a known quality of every model of the policy. */
export function classifierQuality(input: ClassifierQualityInput): ClassifierQuality | null {
  const { table, steps, policy } = input
  const top = Math.max(0, ...policy.models.map(({ tier }) => tier))
  const models = policy.models.flatMap(({ id, tier }) => {
    const outcome = table.outcomes.find(({ model }) => model === id)
    return outcome === undefined ? [] : [{ tier, quality: outcome.quality }]
  })
  if (top === 0 || models.length < policy.models.length) return null
  const needed = requiredTiers(models, table.size)
  const difficulty = steps.difficulty.map((value, row) => (Number.isNaN(needed[row]) ? NaN : value))
  const rows = [...difficulty.keys()].filter((row) => !Number.isNaN(difficulty[row]))
  if (rows.length < LEAST_REQUESTS) return null
  const confusion = Array.from({ length: top + 1 }, () => new Array<number>(top + 1).fill(0))
  for (const row of rows) {
    const asked = confusion[Math.min(top, steps.requiredTier[row] as number)] as number[]
    asked[needed[row] as number] = (asked[needed[row] as number] ?? 0) + 1
  }
  const failed = needed.map((tier) => (Number.isNaN(tier) ? NaN : Math.min(1, tier)))
  const bins = reliability(
    difficulty,
    needed.map((tier) => tier / top),
  )
  return {
    kind: policy.file.classifier.kind,
    key: classifierKey(policy),
    requests: rows.length,
    hopeless: rows.filter((row) => models.every(({ quality }) => (quality[row] as number) < ACCEPTABLE))
      .length,
    confusion,
    auc: auc(difficulty, failed),
    calibration: bins,
    calibrationError: calibrationError(bins),
    features: featureSkills(input, failed),
  }
}

function featureSkills(
  { features, policy: { classifier } }: ClassifierQualityInput,
  failed: Float64Array,
): FeatureSkill[] {
  const { names } = classifier.extractor
  if (features.length !== names.length) return []
  const weights = new Map(
    classifier.explain(new Float64Array(names.length)).map((part) => [part.name, part.weight]),
  )
  const skills = names.flatMap((name, at): FeatureSkill[] => {
    const column = features[at]
    const area = column === undefined || !isTelling(name) ? null : auc(column, failed)
    if (column === undefined || area === null) return []
    const mean = (value: number): number => meanWhere(column, failed, value)
    return [{ name, weight: weights.get(name) ?? null, easyMean: mean(0), hardMean: mean(1), auc: area }]
  })
  return skills.sort((a, b) => Math.abs(b.auc - 0.5) - Math.abs(a.auc - 0.5)).slice(0, FEATURES)
}

/** A learned classifier predicts amounts of output beside chances; they say nothing of quality. */
function isTelling(name: string): boolean {
  return !name.startsWith('amount.')
}

function meanWhere(column: Float64Array, failed: Float64Array, value: number): number {
  let [sum, rows] = [0, 0]
  column.forEach((own, row) => {
    if (failed[row] !== value || Number.isNaN(own)) return
    sum += own
    rows++
  })
  return rows === 0 ? 0 : sum / rows
}
