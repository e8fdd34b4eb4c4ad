import { thresholdsOf } from './thresholds.js'

/** Models of a ladder to be, by index; columns by row of a table. */
export interface LadderModel {
  readonly costNanoUsd: Float64Array
  readonly quality: Float64Array
  /** Of its answers; NaN = none, and the next rung is asked. */
  readonly score: Float64Array
}

/** A cascade's knobs: models from the cheapest on, and the score from which each answer but the last one's is taken. */
export interface LadderSetting {
  readonly models: readonly number[]
  readonly accept: readonly number[]
}

/** What a ladder costs and gives, means over the rows that it was found on. */
export interface FoundLadder extends LadderSetting {
  readonly costNanoUsd: number
  readonly quality: number
}

const MOST_RUNGS = 4
/** Thresholds tried on each rung, by the number of rungs that have one. */
const TRIED = [0, 24, 9, 5]
/** Settings that give less than this more than a cheaper one are left out: they could not be told apart. */
const LEAST_STEP = 0.0003

/**
 * Every ladder of two to four of the models, under every combination of a few thresholds: those that no cheaper one equals,
 * by rising cost. FrugalGPT searches likewise (https://arxiv.org/abs/2305.05176, section 3).
 */
export function searchLadders(
  models: readonly LadderModel[],
  rows: readonly number[],
): readonly FoundLadder[] {
  const byCost = models
    .map((model, index) => ({ index, cost: meanOf(model.costNanoUsd, rows) }))
    .sort((a, b) => a.cost - b.cost || a.index - b.index)
    .map(({ index }) => index)
  const found: FoundLadder[] = []
  for (const ladder of subsets(byCost)) {
    const tried = ladder
      .slice(0, -1)
      .map((model) => thresholdsOf(models[model] as LadderModel, rows, TRIED[ladder.length - 1] ?? 0))
    for (const accept of combinations(tried)) {
      const setting = { models: ladder, accept }
      found.push({ ...setting, ...ladderMeans(setting, models, rows) })
    }
  }
  return efficient(found)
}

/** Place of the rung that answers a row; -1 for a ladder without rungs. */
export function answeringRung(
  { models, accept }: LadderSetting,
  columns: readonly LadderModel[],
  row: number,
): number {
  const last = models.length - 1
  for (let rung = 0; rung < last; rung++) {
    if ((columns[models[rung] ?? -1]?.score[row] ?? NaN) >= (accept[rung] ?? Infinity)) return rung
  }
  return last
}

/** What a ladder costs and gives on some rows, means per request; the scores decide, no call is made. */
export function ladderMeans(
  setting: LadderSetting,
  columns: readonly LadderModel[],
  rows: readonly number[],
): { readonly costNanoUsd: number; readonly quality: number } {
  let [cost, quality] = [0, 0]
  for (const row of rows) {
    const answering = answeringRung(setting, columns, row)
    for (let rung = 0; rung <= answering; rung++)
      cost += columns[setting.models[rung] ?? -1]?.costNanoUsd[row] ?? NaN
    quality += columns[setting.models[answering] ?? -1]?.quality[row] ?? NaN
  }
  return { costNanoUsd: cost / rows.length, quality: quality / rows.length }
}

function efficient(found: readonly FoundLadder[]): readonly FoundLadder[] {
  const sorted = [...found].sort((a, b) => a.costNanoUsd - b.costNanoUsd || b.quality - a.quality)
  let best = -Infinity
  return sorted.filter(({ quality }) => {
    if (!(quality >= best + LEAST_STEP)) return false
    best = quality
    return true
  })
}

function subsets(models: readonly number[]): readonly (readonly number[])[] {
  const all = models.reduce<readonly (readonly number[])[]>(
    (sets, model) => [...sets, ...sets.map((set) => [...set, model])],
    [[]],
  )
  return all.filter(({ length }) => length >= 2 && length <= MOST_RUNGS)
}

function combinations(lists: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return lists.reduce<readonly (readonly number[])[]>(
    (heads, list) => heads.flatMap((head) => list.map((value) => [...head, value])),
    [[]],
  )
}

function meanOf(values: Float64Array, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + (values[row] ?? NaN), 0) / Math.max(1, rows.length)
}
