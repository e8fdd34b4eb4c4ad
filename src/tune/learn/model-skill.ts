import type { Classifier } from '../../core/classify/classifier.js'
import type { Policy } from '../../core/policy.js'
import { auc } from '../../metrics/auc.js'
import { calibrationError, reliability, type ReliabilityBin } from '../../metrics/reliability.js'
import type { Learned } from './learn.js'
import { ACCEPTABLE } from '../../metrics/required-tier.js'
import { tellingWords, type TellingWords } from './telling-words.js'
import type { Classifiers } from './train-classifiers.js'
import type { TrainingData } from './training-data.js'

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

export interface SkillInput {
  readonly policy: Policy
  readonly data: TrainingData
  readonly learned: Learned
  readonly classify: Classifiers
  readonly heuristic: Float64Array
  readonly learnRows: readonly number[]
  readonly testRows: readonly number[]
}

export function modelSkills(input: SkillInput): ModelSkill[] {
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
