import { permutation } from '../../core/random.js'
import { simulatedScore } from '../../replay/scoring.js'
import {
  acceptanceScores,
  learnAcceptance,
  outOfFoldScores,
  type Answers,
} from '../cascade/learn-acceptance.js'
import { answeringRung, searchLadders, type FoundLadder, type LadderModel } from '../cascade/ladder-search.js'
import type { OutcomeMatrix } from './outcome-matrix.js'
import type { Predictions, Setting, Sweep } from './sweep.js'

/** By compared model, then by row: what its answer scores. */
export type Scores = readonly Float64Array[]

/** A score of the log's own counts where this share of a model's answers has one. */
const SCORED_ENOUGH = 0.95

/** The log's own scores where it has them, else by an acceptance model learned from `learnRows` (out of fold there). */
export function answerScores(matrix: OutcomeMatrix, { quality }: Predictions, seed: number): Scores {
  return matrix.models.map((outcome, index) => {
    const { score } = outcome
    const isScored =
      score !== undefined &&
      known(score, matrix) >= SCORED_ENOUGH * (matrix.learnRows.length + matrix.testRows.length)
    if (isScored) return score
    const answers: Answers = {
      outcome,
      success: quality[index] ?? new Float64Array(matrix.table.size).fill(NaN),
      outputTokens: undefined,
    }
    const scores = outOfFoldScores(answers, matrix.learnRows, seed)
    const model = learnAcceptance(answers, matrix.learnRows)
    const judged = acceptanceScores(model, answers, matrix.testRows)
    for (const row of matrix.testRows) scores[row] = judged[row] ?? NaN
    return scores
  })
}

/** Those of a scorer that knows the truth and errs on a share of the answers. */
export function simulatedScores({ models, table }: OutcomeMatrix, errorRate: number, seed: number): Scores {
  return models.map(({ model, quality }) =>
    quality.map((value, row) => simulatedScore({ errorRate, seed }, table.ids[row] ?? '', model, value)),
  )
}

/** The control: each part's scores are those of other requests. */
export function shuffledScores({ learnRows, testRows }: OutcomeMatrix, scores: Scores, seed: number): Scores {
  const source = new Map<number, number>()
  for (const rows of [learnRows, testRows]) {
    const order = permutation(rows.length, seed)
    rows.forEach((row, at) => source.set(row, rows[order[at] ?? 0] ?? row))
  }
  return scores.map((column) => column.map((_, row) => column[source.get(row) ?? row] ?? NaN))
}

/** Ladders that no cheaper one equals where they were searched, from cheap to dear. */
export function cascadeSweep(matrix: OutcomeMatrix, scores: Scores): Sweep {
  const models = matrix.models.map(({ costNanoUsd, quality }, index) => ({
    costNanoUsd,
    quality,
    score: scores[index] ?? new Float64Array(matrix.table.size).fill(NaN),
  }))
  const found = searchLadders(models, matrix.learnRows)
  const [first] = scores
  return {
    settings: found.map((ladder) => settingOf(ladder, models, matrix)),
    score: first === undefined ? new Float64Array() : first.map((value) => -value),
  }
}

function settingOf(ladder: FoundLadder, models: readonly LadderModel[], matrix: OutcomeMatrix): Setting {
  const { size } = matrix.table
  const choice = new Int16Array(size)
  const spentBelow = new Float64Array(size)
  for (let row = 0; row < size; row++) {
    const answering = answeringRung(ladder, models, row)
    choice[row] = ladder.models[answering] ?? 0
    for (let rung = 0; rung < answering; rung++)
      spentBelow[row] = (spentBelow[row] ?? 0) + (models[ladder.models[rung] ?? -1]?.costNanoUsd[row] ?? NaN)
  }
  return { label: labelOf(ladder, matrix), costWeight: null, choice, spentBelow }
}

function labelOf({ models, accept }: FoundLadder, matrix: OutcomeMatrix): string {
  return models
    .map((model, rung) => {
      const from = accept[rung]
      const name = matrix.models[model]?.model ?? ''
      return from === undefined ? name : `${name} if ${Number(from.toPrecision(3))}`
    })
    .join(', else ')
}

function known(score: Float64Array, { learnRows, testRows }: OutcomeMatrix): number {
  return [...learnRows, ...testRows].filter((row) => !Number.isNaN(score[row])).length
}
