import { ACCEPTANCE_WEIGHTS, acceptanceInputs, createAcceptance } from '../../core/score/acceptance.js'
import type { AcceptanceModel } from '../../core/score/scorer-schema.js'
import type { OutcomeColumns } from '../../core/log-table.js'
import { recordedSigns } from '../../replay/outcomes.js'
import { fitLogistic } from '../learn/logistic.js'
import { foldsOf } from '../learn/folds.js'

/** A model's recorded answers, and what was expected of it on each request: NaN where nothing was. */
export interface Answers {
  readonly outcome: OutcomeColumns
  readonly success: Float64Array
  readonly outputTokens: Float64Array | undefined
}

const FOLDS = 5
/** Of the ridge: with few rows, signs that were seen seldom weigh little. */
const STRENGTH = 2
/** Enough for a threshold that is compared with six digits. */
const DIGITS = 6

/** What acceptance of a model's answers goes by, learned from the rows whose quality is known. */
export function learnAcceptance(answers: Answers, rows: readonly number[]): AcceptanceModel {
  const { outcome } = answers
  const known = rows.filter((row) => !Number.isNaN(outcome.quality[row]))
  const typical = typicalOf(answers, known)
  const inputs = known.map((row) => inputsOf(answers, row, typical))
  const columns = ACCEPTANCE_WEIGHTS.map((_, i) => Float64Array.from(inputs, (one) => one[i] ?? 0))
  const target = Float64Array.from(known, (row) => outcome.quality[row] ?? NaN)
  const [intercept, ...weights] = Array.from(fitLogistic(columns, target, STRENGTH), (weight) =>
    Number(weight.toFixed(DIGITS)),
  )
  const named = Object.fromEntries(ACCEPTANCE_WEIGHTS.map((name, i) => [name, weights[i] ?? 0]))
  return { id: outcome.model, intercept: intercept ?? 0, ...typical, ...named } as AcceptanceModel
}

/** By row of the table, NaN elsewhere: how the model would score its answers. */
export function acceptanceScores(
  model: AcceptanceModel,
  answers: Answers,
  rows: readonly number[],
): Float64Array {
  const scorer = createAcceptance({ kind: 'acceptance', models: [model] }, [model])
  const scores = new Float64Array(answers.success.length).fill(NaN)
  for (const row of rows)
    scores[row] = scorer.score(recordedSigns(answers.outcome, row), 0, expectedOf(answers, row))
  return scores
}

/** Of the rows that are learned from: by models that had not seen them. */
export function outOfFoldScores(answers: Answers, rows: readonly number[], seed: number): Float64Array {
  const scores = new Float64Array(answers.success.length).fill(NaN)
  for (const fold of foldsOf(rows.length, FOLDS, seed)) {
    const held = new Set(fold.map((place) => rows[place] as number))
    const model = learnAcceptance(
      answers,
      rows.filter((row) => !held.has(row)),
    )
    const own = acceptanceScores(model, answers, [...held])
    for (const row of held) scores[row] = own[row] as number
  }
  return scores
}

function typicalOf(
  { outcome }: Answers,
  rows: readonly number[],
): Pick<AcceptanceModel, 'meanSuccess' | 'typicalOutputTokens'> {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const tokens = rows.map((row) => outcome.outputTokens[row] ?? -1).filter((count) => count >= 0)
  return {
    meanSuccess: Number(mean(rows.map((row) => outcome.quality[row] ?? NaN)).toFixed(DIGITS)),
    typicalOutputTokens: Math.round(mean(tokens)),
  }
}

function expectedOf(
  { success, outputTokens }: Answers,
  row: number,
): { readonly success: number | undefined; readonly outputTokens: number | undefined } {
  const known = (value: number | undefined): number | undefined =>
    value === undefined || Number.isNaN(value) ? undefined : value
  return { success: known(success[row]), outputTokens: known(outputTokens?.[row]) }
}

function inputsOf(
  answers: Answers,
  row: number,
  typical: Pick<AcceptanceModel, 'meanSuccess' | 'typicalOutputTokens'>,
): readonly number[] {
  return acceptanceInputs(recordedSigns(answers.outcome, row), expectedOf(answers, row), typical)
}
