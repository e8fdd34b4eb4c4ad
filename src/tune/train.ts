import { createClassifier } from '../core/classify/index.js'
import type { Classifier } from '../core/classify/classifier.js'
import { heuristicSchema, type HeuristicSpec } from '../core/classify/heuristic-schema.js'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import { tierOf } from '../core/plan.js'
import { parsePolicy, sealPolicy, type Policy } from '../core/policy.js'
import { createRandom } from '../core/random.js'
import type { Message } from '../core/request.js'
import { auc } from '../metrics/auc.js'
import { calibrationError, reliability, type ReliabilityBin } from '../metrics/reliability.js'
import type { Learned } from './learn/learn.js'
import { ACCEPTABLE, bestBoundaries, requiredTiers } from './learn/required-tier.js'
import { learnOn, trainingData, type TrainingData } from './learn/training-data.js'
import { tellingWords, type TellingWords } from './learn/telling-words.js'
import { splitLog } from './split.js'

export interface TrainOptions {
  /** Loaded with the extractor of the policy's heuristic. */
  readonly table: LogTable
  /** By row; undefined where the log has no text. */
  readonly messages: readonly (readonly Message[] | undefined)[]
  readonly policyJson: Readonly<Record<string, unknown>>
  readonly kind: 'learned' | 'hybrid'
  readonly seed: number
  readonly createdAt?: string
  readonly onProgress?: (done: number, total: number) => void
}

/** Shares and areas of requests that were held out. */
export interface ModelSkill {
  readonly id: string
  /** Requests with a text and a known quality, of those that were learned from. */
  readonly outcomes: number
  /** Share of them that was answered acceptably. */
  readonly acceptable: number
  readonly auc: number | null
  /** The same of the heuristic's difficulty, and of what was learned from prompts that were dealt out anew. */
  readonly heuristicAuc: number | null
  readonly shuffledAuc: number | null
  readonly calibrationError: number | null
  readonly reliability: readonly ReliabilityBin[]
  readonly words: TellingWords
}

/** Share of held-out requests that were put in the tier they require; null where the log does not tell. */
export interface TierSkill {
  readonly requests: number
  readonly learned: number | null
  readonly heuristic: number | null
  readonly shuffled: number | null
  /** Of always naming the tier that most requests require. */
  readonly commonest: number | null
}

export interface HybridPoint {
  readonly margin: number
  /** Share of requests that the learned classifier decides. */
  readonly share: number
  readonly accuracy: number
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
  readonly policyJson: Record<string, unknown>
  readonly bytes: number
}

/** The learned classifier decides at most this share in a hybrid that is chosen. */
const HYBRID_SHARE = 0.4
const MARGINS = [0, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1]

/** Fits a learned classifier on the earlier requests of a log, and says on the later ones what it is worth. */
export function train(options: TrainOptions): TrainResult {
  const { table, messages, policyJson, kind, seed } = options
  const policy = parsePolicy(policyJson)
  const split = splitLog(table, seed)
  const hasText = (row: number): boolean => messages[row] !== undefined
  const learnRows = [...split.rows.tune, ...split.rows.validate].filter(hasText)
  const testRows = split.rows.test.filter(hasText)
  const withoutText = messages.filter((one) => one === undefined).length
  if (learnRows.length === 0)
    throw new InputError(
      'the log has no prompts to learn from: import it with prompts (matrix logs: --queries FILE), or log with logText "full"',
    )
  const data = trainingData(table, messages, policy)
  const learned = learnOn(data, learnRows, learnRows, options)
  const shuffledRows = dealt(learnRows, seed)
  const shuffled = learnOn(data, learnRows, shuffledRows, options)
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
  const boundaries = {
    learned: bestBoundaries(own, only(truth, learnRows), topTier),
    heuristic: bestBoundaries(heuristic, only(truth, learnRows), topTier),
    shuffled: bestBoundaries(
      outOfFoldDifficulties(classify.shuffled, shuffled, policy, learnRows, table.size),
      only(truth, learnRows),
      topTier,
    ),
  }
  const tiers = (name: keyof typeof boundaries): Float64Array =>
    test[name].map((difficulty) => tierAt(difficulty, boundaries[name]))
  const curve = hybridCurve(heuristic, boundaries.heuristic, tiers('learned'), truth, testRows)
  const chosenMargin = kind === 'hybrid' ? chooseMargin(heuristic, boundaries.heuristic, learnRows) : null
  const json = trainedFile(options, policy, learned, boundaries, chosenMargin, {
    rule: split.rule,
    tier: accuracy(tiers('learned'), truth, testRows),
    heuristic: accuracy(tiers('heuristic'), truth, testRows),
    heldOut: testRows.length,
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
    chosenMargin,
    policyJson: json,
    bytes: JSON.stringify(json).length,
  }
}

interface Classifiers {
  readonly learned: Classifier
  readonly shuffled: Classifier
  readonly heuristic: Classifier
}

function classifiersOf(policy: Policy, learned: Learned, shuffled: Learned): Classifiers {
  const context = { models: policy.models, tierBoundaries: policy.file.tierBoundaries }
  return {
    learned: createClassifier({ kind: 'learned', learned: learned.spec }, context),
    shuffled: createClassifier({ kind: 'learned', learned: shuffled.spec }, context),
    heuristic: createClassifier({ kind: 'heuristic', heuristic: heuristicOf(policy) }, context),
  }
}

/** The policy's own rules; the default ones where it has none. */
function heuristicOf({ file }: Policy): HeuristicSpec {
  return file.classifier.kind === 'learned' ? heuristicSchema.parse({}) : file.classifier.heuristic
}

/** By row: of requests that were held out, as the runtime would say. */
function difficultiesOf(
  classifier: Classifier,
  { messages, tokens, tasks }: TrainingData,
  rows: readonly number[],
  size: number,
): Float64Array {
  const difficulties = new Float64Array(size).fill(NaN)
  for (const row of rows) {
    const features = classifier.extractor.extract(
      messages[row] ?? [],
      Math.max(0, tokens[row] as number),
      tasks[row],
    )
    difficulties[row] = classifier.difficulty(features)
  }
  return difficulties
}

/** Of the requests that were learned from: by the parts that had not seen them. */
function outOfFoldDifficulties(
  classifier: Classifier,
  { ids, success }: Learned,
  { models }: Policy,
  rows: readonly number[],
  size: number,
): Float64Array {
  const difficulties = new Float64Array(size).fill(NaN)
  const places = models.map(({ id }) => ids.indexOf(id))
  const features = new Float64Array(2 * models.length).fill(NaN)
  rows.forEach((row, at) => {
    places.forEach((place, model) => {
      if (place >= 0) features[model] = success.outOfFold[place]?.[at] as number
    })
    difficulties[row] = classifier.difficulty(features)
  })
  return difficulties
}

/** Rows dealt out anew: each prompt gets another's outcomes. */
function dealt(rows: readonly number[], seed: number): number[] {
  const random = createRandom(seed)
  const order = [...rows]
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1))
    ;[order[i], order[j]] = [order[j] as number, order[i] as number]
  }
  return order
}

function only(values: Float64Array, rows: readonly number[]): Float64Array {
  const kept = new Float64Array(values.length).fill(NaN)
  for (const row of rows) kept[row] = values[row] as number
  return kept
}

function tierAt(difficulty: number, boundaries: readonly number[]): number {
  return Number.isNaN(difficulty) ? NaN : tierOf(difficulty, boundaries)
}

/** Of rows where both are known; null without any. */
function accuracy(tiers: ArrayLike<number>, truth: Float64Array, rows: readonly number[]): number | null {
  let [right, known] = [0, 0]
  for (const row of rows) {
    if (Number.isNaN((truth[row] as number) + (tiers[row] as number))) continue
    known++
    if (truth[row] === tiers[row]) right++
  }
  return known === 0 ? null : right / known
}

function commonestShare(
  truth: Float64Array,
  learnRows: readonly number[],
  testRows: readonly number[],
): number | null {
  const counts = new Map<number, number>()
  for (const row of learnRows) {
    const tier = truth[row] as number
    if (!Number.isNaN(tier)) counts.set(tier, (counts.get(tier) ?? 0) + 1)
  }
  const commonest = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
  return commonest === undefined
    ? null
    : accuracy(
        truth.map(() => commonest),
        truth,
        testRows,
      )
}

function isInside(difficulty: number, boundaries: readonly number[], margin: number): boolean {
  return boundaries.some((boundary) => Math.abs(difficulty - boundary) <= margin)
}

function shareInside(
  heuristic: Float64Array,
  boundaries: readonly number[],
  margin: number,
  rows: readonly number[],
): number {
  return (
    rows.filter((row) => isInside(heuristic[row] as number, boundaries, margin)).length /
    Math.max(1, rows.length)
  )
}

function hybridCurve(
  heuristic: Float64Array,
  boundaries: readonly number[],
  learnedTiers: Float64Array,
  truth: Float64Array,
  rows: readonly number[],
): HybridPoint[] {
  return MARGINS.flatMap((margin) => {
    const tiers = heuristic.map((difficulty, row) =>
      isInside(difficulty, boundaries, margin)
        ? (learnedTiers[row] as number)
        : tierAt(difficulty, boundaries),
    )
    const right = accuracy(tiers, truth, rows)
    return right === null
      ? []
      : [{ margin, share: shareInside(heuristic, boundaries, margin, rows), accuracy: right }]
  })
}

/** The widest band that stays below the share, on requests that were learned from. */
function chooseMargin(
  heuristic: Float64Array,
  boundaries: readonly number[],
  rows: readonly number[],
): number {
  return (
    MARGINS.filter((margin) => shareInside(heuristic, boundaries, margin, rows) <= HYBRID_SHARE).at(-1) ?? 0
  )
}

interface SkillInput {
  readonly policy: Policy
  readonly data: TrainingData
  readonly learned: Learned
  readonly classify: Classifiers
  readonly heuristic: Float64Array
  readonly learnRows: readonly number[]
  readonly testRows: readonly number[]
}

function modelSkills(input: SkillInput): ModelSkill[] {
  const { policy, data, learned, classify, heuristic, learnRows, testRows } = input
  const chances = (classifier: Classifier): Float64Array[] => {
    const columns = policy.models.map(() => new Float64Array(testRows.length).fill(NaN))
    testRows.forEach((row, at) => {
      const { messages, tokens, tasks } = data
      const features = classifier.extractor.extract(
        messages[row] ?? [],
        Math.max(0, tokens[row] as number),
        tasks[row],
      )
      columns.forEach((column, model) => (column[at] = features[model] as number))
    })
    return columns
  }
  const [own, shuffled] = [chances(classify.learned), chances(classify.shuffled)]
  const words = tellingWords(
    learnRows.map((row) => ({ text: data.texts[row] ?? '', task: undefined })),
    learned.spec.commonLines,
    learned.ids.flatMap((id) => learned.spec.models.find((model) => model.id === id)?.success?.score ?? []),
  )
  return learned.ids.map((id, place) => {
    const model = policy.models.findIndex((one) => one.id === id)
    const quality = Float64Array.from(testRows, (row) => data.models[model]?.quality[row] as number)
    const bins = reliability(own[model] ?? [], quality)
    const known = learnRows
      .map((row) => data.models[model]?.quality[row] as number)
      .filter((value) => !Number.isNaN(value))
    return {
      id,
      outcomes: known.length,
      acceptable: known.filter((value) => value >= ACCEPTABLE).length / Math.max(1, known.length),
      auc: auc(own[model] ?? [], quality),
      heuristicAuc: auc(
        Float64Array.from(testRows, (row) => -(heuristic[row] as number)),
        quality,
      ),
      shuffledAuc: auc(shuffled[model] ?? [], quality),
      calibrationError: calibrationError(bins),
      reliability: bins,
      words: words[place] ?? { speakFor: [], speakAgainst: [] },
    }
  })
}

interface Evidence {
  readonly rule: string
  readonly tier: number | null
  readonly heuristic: number | null
  readonly heldOut: number
}

/** The policy with what was learned, sealed; boundaries are those of the classifier that it has from now on. */
function trainedFile(
  { table, policyJson, kind, seed, createdAt }: TrainOptions,
  policy: Policy,
  learned: Learned,
  boundaries: { readonly learned: readonly number[]; readonly heuristic: readonly number[] },
  margin: number | null,
  { rule, tier, heuristic, heldOut }: Evidence,
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
    policyId: `${policy.policyId}-${kind}`,
    parentId: policy.policyId,
    description: `${policy.policyId} with a ${kind} classifier.`,
    ...(createdAt === undefined ? {} : { createdAt }),
    classifier,
    tierBoundaries: kind === 'learned' ? boundaries.learned : boundaries.heuristic,
    evidence: {
      logHash: table.hash,
      arrivals: table.arrivals,
      syntheticData: table.syntheticData === true,
      split: rule,
      seed,
      heldOut: { requests: heldOut, rightTier: tier, rightTierOfHeuristic: heuristic },
    },
  })
}
