import { completeCases, matrixTable } from '../real-data.js'
import { aTable, aText } from '../builders.js'
import type { KnownMatrix } from './known-matrix.js'

const KEPT = 4

/** ZeroEval's three tasks, four models from the weakest to the best of those that nearly every request knows. */
export function zeroEvalMatrix(): KnownMatrix {
  return realMatrix('zeroeval', 'zeroeval/outcomes.csv.gz')
}

/** RouterBench's MBPP and Winogrande. */
export function routerBenchMatrix(): KnownMatrix {
  return realMatrix('routerbench', 'routerbench/outcomes.csv.gz', 'rb5:')
}

/** Requests that know all four models; the task is the id's prefix, the difficulty unknown, the length that of the input if known. */
function realMatrix(name: string, path: string, prefix = ''): KnownMatrix {
  const all = matrixTable(path, (row) => row['query_id']!.startsWith(prefix) && Number(row['cost_usd']) > 0)
  const known = (quality: Float64Array): number =>
    quality.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0)
  const most = Math.max(...all.outcomes.map(({ quality }) => known(quality)))
  const ranked = all.outcomes
    .filter(({ quality }) => known(quality) >= 0.98 * most)
    .map((outcome) => ({ outcome, mean: meanOf(outcome.quality) }))
    .sort((a, b) => a.mean - b.mean)
  const outcomes = Array.from(
    { length: KEPT },
    (_, at) => ranked[Math.round((at * (ranked.length - 1)) / (KEPT - 1))]!.outcome,
  )
  const { outcomes: complete, ids, size } = completeCases({ ...all, outcomes })
  const tokens = complete[0]!.inputTokens
  const task = aText(ids.map((id) => id.slice(0, id.indexOf(name === 'zeroeval' ? '/' : '.'))))
  const table = aTable({
    ids,
    outcomes: complete,
    task,
    inputTokensEstimate: tokens,
    inputTokensBound: tokens,
  })
  return { name, table, difficulty: new Float64Array(size).fill(NaN) }
}

function meanOf(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}
