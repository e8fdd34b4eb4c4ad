import { BINNED, type Mean, type Measure, type Profile } from '../../core/forecast-schema.js'
import { binned, binEdges } from './bins.js'
import { clusteredMean } from './clustered-mean.js'
import type { Observations } from './observations.js'

/**
 * Means of all requests and of each model and task, and the distributions of what requests look like. `like`: the profile whose bins to count in; its own deciles without one.
 */
export function profileOf(observed: Observations, like?: Profile): Profile {
  return {
    requests: observed.size,
    means: Object.fromEntries(
      segmentsOf(observed).flatMap(([name, rows]) => {
        const means = meansOf(observed, name, rows)
        return Object.keys(means).length === 0 ? [] : [[name, means] as const]
      }),
    ),
    bins: Object.fromEntries(
      BINNED.flatMap((name) => {
        const edges = like === undefined ? binEdges(observed[name]) : like.bins[name]?.edges
        const bins = edges && binned(observed[name], edges, observed.cluster)
        return bins === undefined ? [] : [[name, bins] as const]
      }),
    ),
  }
}

function segmentsOf({ size, model, models, task }: Observations): [name: string, rows: readonly number[]][] {
  const all = Array.from({ length: size }, (_, row) => row)
  const rowsOf = (codes: Int32Array, code: number): number[] => all.filter((row) => codes[row] === code)
  return [
    ['all', all],
    ...models.map((id, code) => [`model:${id}`, rowsOf(model, code)] as [string, number[]]),
    ...task.values.map((name, code) => [`task:${name}`, rowsOf(task.codes, code)] as [string, number[]]),
  ]
}

function meansOf(
  observed: Observations,
  segment: string,
  rows: readonly number[],
): Partial<Record<Measure, Mean>> {
  const { costUsd, quality, rejected, isChosen, size, cluster } = observed
  const isModel = segment.startsWith('model:')
  const inside = new Set(rows)
  const share = (row: number): number => (inside.has(row) ? 1 : 0)
  const all = Array.from({ length: size }, (_, row) => row)
  const values: Partial<Record<Measure, Mean | undefined>> = {
    costUsd: clusteredMean(rows, (row) => costUsd[row] as number, cluster),
    quality: clusteredMean(rows, (row) => quality[row] as number, cluster),
    ...(segment === 'all' || (isModel && !isChosen) ? {} : { share: clusteredMean(all, share, cluster) }),
    ...(isModel || rejected === undefined
      ? {}
      : { rejectShare: clusteredMean(rows, (row) => rejected[row] as number, cluster) }),
  }
  return Object.fromEntries(Object.entries(values).filter(([, mean]) => mean !== undefined))
}
