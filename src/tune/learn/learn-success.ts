import { calibrated } from '../../core/classify/learned-model.js'
import type { LearnedSpec } from '../../core/classify/learned-schema.js'
import { addTo, cell } from './cells.js'
import { centredAt, contrastsOf, meanAt, taskMeansHeldOut, taskMeansOf } from './contrasts.js'
import { difficultyExpert, standardized, type DifficultyWeights } from './difficulty-expert.js'
import { linearSpec } from './linear-spec.js'
import { columnScales, columnsFor, designMatrix, type Columns } from './design-matrix.js'
import { foldsOf, without } from './folds.js'
import { isotonic } from './isotonic.js'
import { meanOfKnown, scoreRows, type FitInput, type LinearHeads } from './linear-heads.js'
import { nonNegativeLeastSquares } from './small-ridge.js'
import { round, type TextCorpus } from './text-corpus.js'

export interface LearnSuccessInput {
  readonly corpus: TextCorpus
  /** Of each model to learn, by row; NaN where unknown. */
  readonly qualities: readonly Float64Array[]
  /** How well each request was answered by all models of the log, NaN where nobody knows: a label of its difficulty. */
  readonly meanQuality: Float64Array
  readonly seed: number
}

/** What must be fitted, and what is made of it. */
export interface SuccessPlan {
  readonly fits: readonly FitInput[]
  /** In the order of `fits`. */
  finish(fitted: readonly LinearHeads[]): LearnedSuccess
}

export interface LearnedSuccess {
  readonly difficulty: LearnedSpec['difficulty']
  readonly calibration: LearnedSpec['calibration']
  readonly heads: readonly NonNullable<LearnedSpec['models'][number]['success']>[]
  /** What each model was predicted by those that had not seen the request, calibrated: one column a model. */
  readonly outOfFold: readonly Float64Array[]
  /** How much the parts count: two strengths of ridge, and difficulty. */
  readonly stack: readonly number[]
}

const FOLDS = 3

/** Two strengths, each with the iterations that its condition needs. */
const STRENGTHS = [
  { s: 0.03, iterations: 8 },
  { s: 0.3, iterations: 16 },
] as const

/**
 * Each model's quality from text, shape and task. Three experts on how a model differs from the others on this request, beyond its
 * task: a ridge on the text for each model at two strengths, and the request's difficulty (a ridge on the mean quality of all
 * models), its square and its interaction with the task. They are stacked by non-negative least squares on predictions of
 * requests that were held out (Breiman 1996, https://doi.org/10.1007/BF00117832), which shrinks what does not hold. The score is
 * calibrated by isotonic regression over all models together, so that the order among models stays.
 */
export function planSuccess(input: LearnSuccessInput): SuccessPlan {
  const { corpus, qualities, meanQuality, seed } = input
  const taskCount = corpus.spec.tasks.length + 1
  const columns = columnsFor(taskCount)
  const matrix = designMatrix(corpus, columns)
  const targets = [...qualities, meanQuality]
  const folds = foldsOf(matrix.rows, FOLDS, seed)
  const known = [...folds.map((rows) => targets.map((target) => without(target, rows))), targets]
  const fits = STRENGTHS.flatMap(({ s, iterations }) => {
    const scales = columnScales(columns, s)
    return known.map((values) => ({ matrix, scales, targets: values, iterations }))
  })
  const finish = (fitted: readonly LinearHeads[]): LearnedSuccess => {
    const byStrength = STRENGTHS.map((_, i) => fitted.slice(i * known.length, (i + 1) * known.length))
    const heldOut = byStrength.map((heads) => {
      const predictions = targets.map(() => new Float64Array(matrix.rows))
      folds.forEach((rows, fold) => {
        scoreRows(matrix, heads[fold] as LinearHeads, rows, predictions)
      })
      return predictions
    })
    return stacked({
      ...input,
      columns,
      folds,
      heldOut,
      full: byStrength.map((heads) => heads.at(-1) as LinearHeads),
    })
  }
  return { fits, finish }
}

interface Fitted extends LearnSuccessInput {
  readonly columns: Columns
  readonly folds: readonly (readonly number[])[]
  /** By strength and target: predictions of each request by the fit that had not seen it. */
  readonly heldOut: readonly (readonly Float64Array[])[]
  /** By strength: fits of all requests. */
  readonly full: readonly LinearHeads[]
}

function stacked({ corpus, qualities, meanQuality, columns, folds, heldOut, full }: Fitted): LearnedSuccess {
  const taskCount = corpus.spec.tasks.length + 1
  const rowNumbers = Array.from({ length: corpus.vectors.rows }, (_, row) => row)
  const taskHeldOut = taskMeansHeldOut(qualities, corpus.tasks, taskCount, folds)
  const taskMeans = qualities.map((quality) => taskMeansOf(quality, corpus.tasks, taskCount))
  const contrasts = contrastsOf(qualities)
  const residuals = contrasts.map((contrast, model) =>
    contrast.map((value, row) => value - centredAt(taskHeldOut, model, row)),
  )
  const ownExperts = heldOut.map((predictions) =>
    qualities.map((_, model) =>
      Float64Array.from(
        rowNumbers,
        (row) => centredAt(predictions.slice(0, -1), model, row) - centredAt(taskHeldOut, model, row),
      ),
    ),
  )
  const chosen = bestDifficulty(
    heldOut.map((predictions) => predictions.at(-1) as Float64Array),
    meanQuality,
  )
  const z = standardized(heldOut[chosen]?.at(-1) as Float64Array, corpus.tasks, taskCount)
  const byDifficulty = difficultyExpert(z.values, corpus.tasks, taskCount, residuals, folds)
  const stack = stackOf([...ownExperts, byDifficulty.heldOut], residuals)
  const base = baseStrength(heldOut, qualities)
  const baseHeldOut = (heldOut[base] ?? []).slice(0, -1)
  const outScores = qualities.map((_, model) =>
    Float64Array.from(
      rowNumbers,
      (row) =>
        meanAt(baseHeldOut, row) +
        centredAt(taskHeldOut, model, row) +
        ownExperts.reduce((sum, expert, e) => sum + (stack[e] as number) * cell(expert, model, row), 0) +
        (stack[ownExperts.length] as number) * cell(byDifficulty.heldOut, model, row),
    ),
  )
  const calibration = calibrationOf(outScores, qualities)
  const combined = combine({ full, base, stack, taskMeans, models: qualities.length, columns })
  return {
    difficulty: {
      score: linearSpec(full[chosen] as LinearHeads, qualities.length, columns, taskCount),
      means: z.means.map(round),
      scale: round(z.scale),
    },
    calibration,
    heads: qualities.map((quality, model) => {
      const weight = stack[ownExperts.length] as number
      const own = byDifficulty.weights[model] as DifficultyWeights
      const score = linearSpec(combined, model, columns, taskCount)
      return {
        prior: round(clamp01(meanOfKnown(quality))),
        score: { ...score, byTask: score.byTask.map((offset) => round(offset + weight * own.offset)) },
        difficulty: round(weight * own.linear),
        squaredDifficulty: round(weight * own.squared),
        difficultyByTask: own.byTask.map((value) => round(weight * value)),
      }
    }),
    outOfFold: outScores.map((scores) => scores.map((score) => calibrated(score, calibration))),
    stack,
  }
}

function bestDifficulty(predictions: readonly Float64Array[], target: Float64Array): number {
  return leastError(predictions.map((prediction) => squaredError(prediction, target)))
}

function baseStrength(
  heldOut: readonly (readonly Float64Array[])[],
  qualities: readonly Float64Array[],
): number {
  return leastError(
    heldOut.map((predictions) =>
      qualities.reduce(
        (sum, quality, model) => sum + squaredError(predictions[model] as Float64Array, quality),
        0,
      ),
    ),
  )
}

function leastError(errors: readonly number[]): number {
  return errors.indexOf(Math.min(...errors))
}

function squaredError(prediction: Float64Array, target: Float64Array): number {
  let sum = 0
  target.forEach((value, row) => {
    if (!Number.isNaN(value)) sum += (value - (prediction[row] as number)) ** 2
  })
  return sum
}

/** Over all models and requests together. */
function stackOf(
  experts: readonly (readonly Float64Array[])[],
  residuals: readonly Float64Array[],
): number[] {
  const cells: [model: number, row: number][] = []
  residuals.forEach((residual, model) =>
    residual.forEach((value, row) => {
      if (!Number.isNaN(value)) cells.push([model, row])
    }),
  )
  const column = (values: readonly Float64Array[]): Float64Array =>
    Float64Array.from(cells, ([model, row]) => cell(values, model, row))
  return nonNegativeLeastSquares(experts.map(column), column(residuals))
}

function calibrationOf(
  scores: readonly Float64Array[],
  qualities: readonly Float64Array[],
): [number, number][] {
  const flat = (columns: readonly Float64Array[]): Float64Array =>
    Float64Array.from({ length: columns.length * (columns[0]?.length ?? 0) }, (_, i) => {
      const rows = columns[0]?.length ?? 1
      return cell(columns, Math.floor(i / rows), i % rows)
    })
  const knots = isotonic(flat(scores), flat(qualities)).map(([score, probability]): [number, number] => [
    score,
    probability,
  ])
  return knots.length === 0 ? [[0, 0.5]] : knots
}

interface CombineInput {
  readonly full: readonly LinearHeads[]
  readonly base: number
  readonly stack: readonly number[]
  readonly taskMeans: readonly Float64Array[]
  readonly models: number
  readonly columns: Columns
}

/** The linear experts and the task's part as one function a model. */
function combine({ full, base, stack, taskMeans, models, columns }: CombineInput): LinearHeads {
  const weights = new Float64Array(columns.count * models)
  const offsets = new Float64Array(models)
  const mixed = (values: (fit: LinearHeads, model: number) => number, model: number): number => {
    const meanOf = (fit: LinearHeads): number => {
      let sum = 0
      for (let other = 0; other < models; other++) sum += values(fit, other)
      return sum / models
    }
    return full.reduce(
      (sum, fit, e) => sum + (stack[e] as number) * (values(fit, model) - meanOf(fit)),
      meanOf(full[base] as LinearHeads),
    )
  }
  for (let column = 0; column < columns.count; column++)
    for (let model = 0; model < models; model++)
      weights[column * models + model] = mixed(
        (fit, m) => fit.weights[column * fit.heads + m] as number,
        model,
      )
  const kept = 1 - full.reduce((sum, _, e) => sum + (stack[e] as number), 0)
  for (let model = 0; model < models; model++) {
    offsets[model] = mixed((fit, m) => fit.offsets[m] as number, model)
    taskMeans[model]?.forEach((_, task) => {
      addTo(weights, (columns.byTask + task) * models + model, kept * centredAt(taskMeans, model, task))
    })
  }
  return { heads: models, weights, offsets }
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value))
}
