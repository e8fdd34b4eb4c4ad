import { createRandom } from '../core/random.js'
import type { Clusters } from '../metrics/clusters.js'
import { winner, type Judged } from './choose.js'

export interface SelectionBias {
  /** What is to be added to the chosen one's mean on the part that it was chosen on. */
  readonly costUsd: number
  readonly quality: number
}

const REPLICATES = 200

/**
 * Weight of what unseen clusters say: with replacement, this share of all clusters is drawn at least once, so that means on the
 * others differ by more than those of new requests will (Efron 1983, https://doi.org/10.1080/01621459.1983.10477973).
 */
const UNSEEN_WEIGHT = 1 - Math.exp(-1)

/**
 * How much better the chosen one looks on the requests that it was chosen on, for having been chosen there: in each replicate
 * whole clusters are drawn with replacement, the choice is made anew among the same candidates by the same rule, and its means
 * on the clusters drawn are held against its own on those that were not; the mean difference, weighted as in the .632
 * bootstrap. Between equals it finds nine tenths of what is owed to luck, and nothing where one is far ahead. What another
 * choice would cost does not count, as it would in bootstrap bias corrected cross-validation
 * (https://arxiv.org/abs/1708.07180): the promise is of this policy. The constraints' margins for luck are those of the choice.
 */
export function selectionBias(
  judged: readonly Judged[],
  { of, units, sufficient }: Clusters,
  seed: number,
): SelectionBias {
  if (!sufficient) return { costUsd: 0, quality: 0 }
  const tallies = judged.map((one) => tallyOf(one, of, units))
  const random = createRandom(seed)
  const drawn = new Float64Array(units)
  const differences: SelectionBias[] = []
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    drawn.fill(0)
    for (let draw = 0; draw < units; draw++) {
      const unit = Math.floor(random.next() * units)
      drawn[unit] = (drawn[unit] as number) + 1
    }
    const again = winner(tallies.map((tally) => tally.redrawn(drawn)))?.tally
    if (again === undefined) continue
    const unseen = drawn.map((times) => (times === 0 ? 1 : 0))
    differences.push({
      costUsd: again.cost(unseen) - again.cost(drawn),
      quality: again.quality(unseen) - again.quality(drawn),
    })
  }
  const bias = (of: keyof SelectionBias): number =>
    UNSEEN_WEIGHT * meanOfFinite(differences.map((one) => one[of]))
  return { costUsd: bias('costUsd'), quality: bias('quality') }
}

/** 0 of none: where nothing is known of a metric, nothing is to be added to it. */
function meanOfFinite(values: readonly number[]): number {
  const known = values.filter(Number.isFinite)
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
}

/** Mean over clusters taken so many times each; NaN where none of them is known. */
type MeanOf = (times: Float64Array) => number

interface Tally {
  readonly cost: MeanOf
  readonly quality: MeanOf
  redrawn(times: Float64Array): Pick<Judged, 'sureSlack' | 'trial'> & { readonly tally: Tally }
}

function tallyOf({ trial, doubts }: Judged, of: Int32Array, units: number): Tally {
  const { loss, costUsd, quality } = trial.values
  const lossOf = meanOf(loss, of, units)
  const slacks = trial.slacks.flatMap(({ values, scale, firm }, index) =>
    firm ? [] : [{ mean: meanOf(values, of, units), scale, doubt: doubts[index] ?? 0 }],
  )
  const tally: Tally = {
    cost: meanOf(costUsd, of, units),
    quality: meanOf(quality, of, units),
    redrawn(times) {
      const shares = slacks.map(({ mean, scale, doubt }) => (mean(times) - doubt) / scale)
      const sureSlack = shares.some(Number.isNaN) ? -Infinity : Math.min(Infinity, ...shares)
      return { sureSlack, trial: { ...trial, loss: lossOf(times) }, tally }
    },
  }
  return tally
}

function meanOf(values: Float64Array, of: Int32Array, units: number): MeanOf {
  const [sums, known] = [new Float64Array(units), new Float64Array(units)]
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    const cluster = of[row] as number
    if (Number.isNaN(value)) continue
    sums[cluster] = (sums[cluster] as number) + value
    known[cluster] = (known[cluster] as number) + 1
  }
  return (times) => {
    let [sum, count] = [0, 0]
    for (let unit = 0; unit < units; unit++) {
      const weight = times[unit] as number
      sum += weight * (sums[unit] as number)
      count += weight * (known[unit] as number)
    }
    return sum / count
  }
}
