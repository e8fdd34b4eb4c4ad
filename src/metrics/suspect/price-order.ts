import type { LogTable, OutcomeColumns } from '../../core/log-table.js'
import type { Prices } from '../../core/model.js'
import { usd } from '../../core/money.js'
import { bootstrapIntervals, meanOfKnown, pointOf } from '../bootstrap.js'
import type { Clusters } from '../clusters.js'
import type { Interval } from '../result.js'
import type { Finding } from './finding.js'

/** A model as a policy has it. */
export interface ListedModel {
  readonly id: string
  readonly tier: number
  readonly prices: Prices | undefined
}

/** Where intervals are drawn: clusters of the table's rows. */
export interface PriceOrderOptions {
  readonly clusters: Clusters
  readonly seed: number
}

const REPLICATES = 400
const MOST_NAMED = 5

interface Reversed {
  readonly listedCheaper: string
  readonly listedDearer: string
  readonly by: 'price' | 'tier'
  /** Mean recorded cost per request where both are known, US dollars: of the one that is listed as cheaper, of the other. */
  readonly costsUsd: readonly [number, number]
  /** Of the difference, in US dollars. */
  readonly ci: Interval
  readonly requests: number
}

/**
 * Pairs of models whose order by list price is reversed in what requests were recorded to cost, since the cheaper one uses
 * more tokens for the same work. One is listed as cheaper where neither its input nor its output price is higher and one
 * of them is lower; without prices of both, where its tier is lower. Reversed = the 95 % interval of the paired difference
 * of costs is above 0. Each pair stands at 95 % on its own. The five largest reversals are named.
 */
export function priceOrder(
  table: LogTable,
  listed: readonly ListedModel[],
  options: PriceOrderOptions,
): readonly Finding[] {
  const reversed = listed.flatMap((cheaper) =>
    listed.flatMap((dearer) => {
      const by = listedBelow(cheaper, dearer)
      return by === null ? [] : judge(table, { cheaper: cheaper.id, dearer: dearer.id, by }, options)
    }),
  )
  const ratio = ({ costsUsd: [own, other] }: Reversed): number => own / other
  const ranked = reversed.sort((a, b) => ratio(b) - ratio(a))
  const others = ranked.length - MOST_NAMED
  return ranked
    .slice(0, MOST_NAMED)
    .map((pair, index) =>
      finding(pair, index === MOST_NAMED - 1 && others > 0 ? `; and ${others} more pairs` : ''),
    )
}

function listedBelow(a: ListedModel, b: ListedModel): Reversed['by'] | null {
  if (a.id === b.id) return null
  if (a.prices === undefined || b.prices === undefined) return a.tier < b.tier ? 'tier' : null
  const [own, other] = [a.prices, b.prices]
  const isNowhereDearer = own.inputPico <= other.inputPico && own.outputPico <= other.outputPico
  const isSomewhereCheaper = own.inputPico < other.inputPico || own.outputPico < other.outputPico
  return isNowhereDearer && isSomewhereCheaper ? 'price' : null
}

function judge(
  { outcomes }: LogTable,
  { cheaper, dearer, by }: { readonly cheaper: string; readonly dearer: string; readonly by: Reversed['by'] },
  { clusters, seed }: PriceOrderOptions,
): Reversed[] {
  const [first, second] = [cheaper, dearer].map((id) => outcomes.find(({ model }) => model === id))
  if (first === undefined || second === undefined) return []
  const difference = first.costNanoUsd.map((cost, row) => cost - (second.costNanoUsd[row] ?? NaN))
  const figure = meanOfKnown(difference)
  if (!(pointOf(figure) > 0)) return []
  const [ci = null] = bootstrapIntervals({ clusters, figures: [figure], replicates: REPLICATES, seed })
  if (ci === null || ci[0] <= 0) return []
  const mean = ({ costNanoUsd }: OutcomeColumns): number =>
    usd(pointOf(meanOfKnown(costNanoUsd.map((cost, row) => (Number.isNaN(difference[row]) ? NaN : cost)))))
  return [
    {
      listedCheaper: cheaper,
      listedDearer: dearer,
      by,
      costsUsd: [mean(first), mean(second)],
      ci: [usd(ci[0]), usd(ci[1])],
      requests: difference.filter((value) => !Number.isNaN(value)).length,
    },
  ]
}

function finding(
  { listedCheaper, listedDearer, by, costsUsd, ci, requests }: Reversed,
  more: string,
): Finding {
  const [own, other] = costsUsd
  const dollars = (value: number): string => `$${value.toPrecision(3)}`
  const claim = by === 'price' ? 'has the lower list price' : 'stands in the lower tier'
  return {
    code: 'price-order',
    message: `${listedCheaper} ${claim}, and costs more per request than ${listedDearer}: ${dollars(own)} against ${dollars(other)} as recorded, ${(own / other).toFixed(2)} times as much (difference 95 %: ${dollars(ci[0])} to ${dollars(ci[1])})${more}`,
    count: requests,
    figures: { listedCheaper, listedDearer, by, costsUsd, differenceUsdCi: ci, requests },
  }
}
