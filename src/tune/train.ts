import type { Classifier } from '../core/classify/classifier.js'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { permutation } from '../core/random.js'
import type { Message } from '../core/request.js'
import { requiredTiers } from '../metrics/required-tier.js'
import { learnCascade, type LearnedCascade } from './cascade/learn-cascade.js'
import { modelSkills, type ModelSkill } from './learn/model-skill.js'
import { learnBy, LEAST_OUTCOMES } from './learn/learn.js'
import type { FitAll } from './learn/linear-heads.js'
import { bestBoundaries, rising, sameShares } from './learn/tier-boundaries.js'
import {
  accuracy,
  chooseMargin,
  commonestShare,
  hybridCurve,
  only,
  tierAt,
  type HybridPoint,
  type TierSkill,
} from './learn/tier-skill.js'
import { classifiersOf, difficultiesOf, outOfFoldDifficulties } from './learn/train-classifiers.js'
import { trainedFile } from './learn/trained-file.js'
import { learnInput, trainingData } from './learn/training-data.js'
import { pacedBudget } from './learn/paced-budget.js'
import { pacedSelector } from './learn/paced-selector.js'
import { utilityWeight } from './learn/utility-weight.js'
import { windowProfile } from './learn/window-profile.js'
import { splitLog } from './split.js'

export interface TrainOptions {
  /** Loaded with the extractor of the policy's heuristic. */
  readonly table: LogTable
  /** By row; undefined where the log has no text. */
  readonly messages: readonly (readonly Message[] | undefined)[]
  readonly policyJson: Readonly<Record<string, unknown>>
  readonly kind: 'learned' | 'hybrid'
  /**
   * In place of the policy's own selector: `utility` with the cost weight that gained most; `paced` lets it follow a budget of
   * the policy; `cascade` with the cheapest ladder that keeps the quality of the best single model.
   */
  readonly selector: 'keep' | 'utility' | 'paced' | 'cascade'
  readonly seed: number
  /** Leaves the requests alone that `tune` chooses on, so that they are unseen there. */
  readonly forTuning?: boolean
  readonly createdAt?: string
  /** Who makes the fits; it changes no bit of the result. */
  readonly fitAll: FitAll
  readonly onProgress?: (done: number, total: number) => void
}

export interface TrainResult {
  readonly rule: string
  readonly learnedFrom: number
  readonly heldOut: number
  /** Requests of which the log has no text. */
  readonly withoutText: number
  readonly models: readonly ModelSkill[]
  /** Models of the policy of which too little is known. */
  readonly unlearned: readonly string[]
  readonly tier: TierSkill
  /** Accuracy against the share that the learned classifier decides, on held-out requests. */
  readonly hybrid: readonly HybridPoint[]
  readonly chosenMargin: number | null
  /** Nobody knows the tiers that requests require: boundaries keep the shares of the policy's own rules. */
  readonly boundariesByShare: boolean
  /** Chance of success a dollar, where the new policy selects by utility. */
  readonly costWeight: number | null
  /** What the ladder is worth, where the new policy is a cascade. */
  readonly cascade: LearnedCascade | null
  /** The budget that the weight follows. */
  readonly pacedBy: string | null
  readonly policyJson: Record<string, unknown>
  readonly bytes: number
}

/** Fits a learned classifier on the earlier requests of a log, and says on the later ones what it is worth. */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { table, messages, policyJson, kind, seed, fitAll } = options
  const policy = parsePolicy(policyJson)
  if (kind === 'hybrid' && options.selector !== 'keep')
    throw new InputError(
      `--classifier hybrid knows no chance of success outside its band, and --selector ${options.selector} needs one for every request: use --classifier learned`,
    )
  const budget = options.selector === 'paced' ? pacedBudget(policy) : undefined
  const split = splitLog(table, seed)
  const hasText = (row: number): boolean => messages[row] !== undefined
  const validate = options.forTuning === true ? [] : split.rows.validate
  const learnRows = [...split.rows.tune, ...validate].filter(hasText)
  const testRows = split.rows.test.filter(hasText)
  const withoutText = messages.filter((one) => one === undefined).length
  if (learnRows.length === 0)
    throw new InputError(
      'the log has no prompts to learn from: import it with prompts (matrix logs: --queries FILE), or log with logText "full"',
    )
  const data = trainingData(table, messages, policy)
  const learned = await learnBy(fitAll, learnInput(data, learnRows, learnRows, options))
  // Each prompt gets another's outcomes.
  const shuffledRows = [...permutation(learnRows.length, seed)].map((place) => learnRows[place] as number)
  const shuffled = await learnBy(fitAll, learnInput(data, learnRows, shuffledRows, options))
  const classify = classifiersOf(policy, learned, shuffled)
  const truth = requiredTiers(data.models, table.size)
  const topTier = Math.max(...policy.models.map(({ tier }) => tier))
  const difficulties = (classifier: Classifier, rows: readonly number[]): Float64Array =>
    difficultiesOf(classifier, data, rows, table.size)
  const own = outOfFoldDifficulties(classify.learned, learned, policy, learnRows, table.size)
  const heuristic = difficulties(classify.heuristic, [...learnRows, ...testRows])
  const test = {
    learned: difficulties(classify.learned, testRows),
    shuffled: difficulties(classify.shuffled, testRows),
    heuristic,
  }
  const known = only(truth, learnRows)
  const enough = learnRows.filter((row) => !Number.isNaN(known[row] as number)).length >= LEAST_OUTCOMES
  // Where nobody knows the tier that requests require, each tier gets the share that the policy's own rules give it.
  const cut = (values: Float64Array): number[] =>
    rising(
      enough
        ? bestBoundaries(values, known, topTier)
        : sameShares(values, heuristic, policy.file.tierBoundaries, learnRows),
    )
  const boundaries = {
    learned: cut(own),
    heuristic: cut(heuristic),
    shuffled: cut(outOfFoldDifficulties(classify.shuffled, shuffled, policy, learnRows, table.size)),
  }
  const tiers = (name: keyof typeof boundaries): Float64Array =>
    test[name].map((difficulty) => tierAt(difficulty, boundaries[name]))
  const ownTiers = own.map((difficulty) => tierAt(difficulty, boundaries.learned))
  const curve = hybridCurve(heuristic, boundaries.heuristic, tiers('learned'), truth, testRows)
  const chosenMargin =
    kind === 'hybrid'
      ? chooseMargin(hybridCurve(heuristic, boundaries.heuristic, ownTiers, known, learnRows))
      : null
  const cascade =
    options.selector === 'cascade'
      ? learnCascade({
          table,
          policy,
          data,
          learned,
          classifier: classify.learned,
          learnRows,
          testRows,
          seed,
        })
      : null
  const costWeight =
    options.selector === 'keep' || options.selector === 'cascade'
      ? null
      : utilityWeight(policy, data, learned, learnRows, options.selector)
  const selector =
    costWeight === null
      ? (cascade?.selector ?? null)
      : budget === undefined
        ? { kind: 'utility', costWeight }
        : pacedSelector(policy, budget, costWeight, windowProfile(table, learnRows, budget.window))
  const json = trainedFile(options, policy, learned, {
    boundaries,
    margin: chosenMargin,
    selector,
    cascade,
    rule: split.rule,
    tier: accuracy(tiers('learned'), truth, testRows),
    heuristic: accuracy(tiers('heuristic'), truth, testRows),
    heldOut: testRows.length,
    threshold: sameThreshold(policy, own, heuristic, learnRows),
  })
  return {
    rule: split.rule,
    learnedFrom: learnRows.length,
    heldOut: testRows.length,
    withoutText,
    models: modelSkills({ policy, data, learned, classify, heuristic, learnRows, testRows }),
    unlearned: policy.models.map(({ id }) => id).filter((id) => !learned.ids.includes(id)),
    tier: {
      requests: testRows.filter((row) => !Number.isNaN(truth[row] as number)).length,
      learned: accuracy(tiers('learned'), truth, testRows),
      heuristic: accuracy(tiers('heuristic'), truth, testRows),
      shuffled: accuracy(tiers('shuffled'), truth, testRows),
      commonest: commonestShare(truth, learnRows, testRows),
    },
    hybrid: curve,
    boundariesByShare: !enough,
    chosenMargin,
    costWeight,
    cascade,
    pacedBy: budget?.id ?? null,
    policyJson: json,
    bytes: JSON.stringify(json).length,
  }
}

/** A `threshold` that is kept, where it lets the same share of requests through to the strong model. */
function sameThreshold(
  { file }: Policy,
  own: Float64Array,
  heuristic: Float64Array,
  rows: readonly number[],
): number | null {
  if (file.selector.kind !== 'threshold') return null
  return sameShares(own, heuristic, [file.selector.threshold], rows)[0] ?? null
}
