import type { Bins } from '../../core/forecast-schema.js'
import { clusteredMean } from './clustered-mean.js'

const BINS = 10
/** With fewer values the deciles are noise. */
const LEAST = 100

/** Deciles of what is known; fewer where values repeat. Undefined where too little is known, or all is one value. */
export function binEdges(values: Float64Array): readonly number[] | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  if (sorted.length < LEAST) return undefined
  const edges: number[] = []
  for (let bin = 1; bin < BINS; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / BINS)] as number
    if (edge < (sorted.at(-1) as number) && edge > (edges.at(-1) ?? -Infinity)) edges.push(edge)
  }
  return edges.length === 0 ? undefined : edges
}

/**
 * Undefined where too little is known. The design effect is what clusters do to the variance of the bins' shares, summed over
 * bins (Rao & Scott 1981, https://doi.org/10.1080/01621459.1981.10477633).
 */
export function binned(
  values: Float64Array,
  edges: readonly number[],
  cluster: Int32Array,
): Bins | undefined {
  const bins = Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : binOf(value, edges)))
  const rows = Array.from(bins.keys()).filter((row) => (bins[row] as number) >= 0)
  if (rows.length < LEAST) return undefined
  let [clustered, simple] = [0, 0]
  const shares = Array.from({ length: edges.length + 1 }, (_, bin) => {
    const share = clusteredMean(rows, (row) => (bins[row] === bin ? 1 : 0), cluster)
    const { mean = 0, se = 0 } = share ?? {}
    clustered += se * se
    simple += (mean * (1 - mean)) / rows.length
    return mean
  })
  const effect = Math.max(1, clustered / simple)
  return { edges: [...edges], shares, effective: Math.round(rows.length / effect) }
}

function binOf(value: number, edges: readonly number[]): number {
  const bin = edges.findIndex((edge) => value <= edge)
  return bin < 0 ? edges.length : bin
}
