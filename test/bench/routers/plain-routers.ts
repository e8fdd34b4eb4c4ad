import { foldsOf } from '../../../src/tune/learn/folds.js'
import { nearestMean, neighbourOrders } from './nearest.js'
import type { Family } from './router.js'
import { meanOf, type RouterSet } from './router-set.js'
import { segmentSlopes, weightGrid } from './weight-rules.js'
import { wordRidge } from './word-ridge.js'
import { wordVectors } from './word-vectors.js'

export const PLAIN = ['ridge', 'task mean', 'both', 'neighbours'] as const
export type PlainName = (typeof PLAIN)[number]

/** How the cost weight is chosen: by the README's grid, or as for the learned router. */
export const RULES = { grid: weightGrid, slopes: segmentSlopes } as const

const INNER_FOLDS = 3
const NEIGHBOURS = 20
/** A task's mean is shrunken by as many rows of the mean of all. */
const TASK_PRIOR = 3

type Columns = readonly Float64Array[]

/** The routers of the data's README, each as `name, rule`: quality by a plain rule, cost = the model's mean. */
export const plainRouters: Family = (set) => {
  const matrix = wordVectors(set.prompts)
  const orders = neighbourOrders(matrix)
  return ({ train, test, seed }) => {
    const inner = foldsOf(train.length, INNER_FOLDS, seed)
    const both = (fit: Fit): { train: Columns; test: Columns } => ({
      train: outOfFold(fit, train, inner),
      test: fit(new Set(train), test),
    })
    const ridge = wordRidge(set, matrix, { train, test, inner })
    const tasks = both((rows, at) => taskMeans(set, rows, at))
    const values: Readonly<Record<PlainName, { train: Columns; test: Columns }>> = {
      ridge,
      'task mean': tasks,
      both: { train: average(ridge.train, tasks.train), test: average(ridge.test, tasks.test) },
      neighbours: both((rows, at) =>
        set.models.map(({ quality }) => nearestMean(orders, quality, { rows, at, count: NEIGHBOURS })),
      ),
    }
    const costs = set.models.map(({ costUsd }) => meanOf(costUsd, train))
    const withCosts = (value: Columns, size: number) => ({
      value,
      costUsd: costs.map((cost) => new Float64Array(size).fill(cost)),
    })
    return Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => {
        const priced = {
          train: withCosts(value.train, train.length),
          test: withCosts(value.test, test.length),
        }
        return Object.entries(RULES).map(([by, rule]) => [`${name}, ${by}`, { ...priced, rule }])
      }),
    )
  }
}

/** Learned on some rows, said of others. */
type Fit = (rows: ReadonlySet<number>, at: readonly number[]) => Columns

function outOfFold(fit: Fit, train: readonly number[], inner: readonly (readonly number[])[]): Columns {
  let whole: Float64Array[] = []
  for (const fold of inner) {
    const at = fold.map((place) => train[place]!)
    const held = new Set(at)
    const values = fit(new Set(train.filter((row) => !held.has(row))), at)
    if (whole.length === 0) whole = values.map(() => new Float64Array(train.length))
    values.forEach((column, model) => fold.forEach((place, i) => (whole[model]![place] = column[i]!)))
  }
  return whole
}

function taskMeans({ models, tasks }: RouterSet, rows: ReadonlySet<number>, at: readonly number[]): Columns {
  const byTask = new Map<string, number[]>()
  for (const row of rows) {
    const own = byTask.get(tasks[row]!)
    if (own === undefined) byTask.set(tasks[row]!, [row])
    else own.push(row)
  }
  return models.map(({ quality }) => {
    const all = meanOf(quality, [...rows])
    const means = new Map(
      [...byTask].map(([task, own]) => {
        const sum = own.reduce((total, row) => total + quality[row]!, 0)
        return [task, (sum + TASK_PRIOR * all) / (own.length + TASK_PRIOR)]
      }),
    )
    return Float64Array.from(at, (row) => means.get(tasks[row]!) ?? all)
  })
}

function average(a: Columns, b: Columns): Columns {
  return a.map((column, model) => column.map((value, at) => (value + b[model]![at]!) / 2))
}
