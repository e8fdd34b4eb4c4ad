import type { Figure } from '../../metrics/bootstrap.js'
import type { Interval, Point } from '../../metrics/result.js'
import { usd } from '../../core/money.js'
import { academicPoints, strongModel, type AcademicInput, type AcademicPoints } from './academic.js'
import { outcomesUnder, type Part } from './choose-setting.js'
import { intervals, type Court } from './judge.js'

/** Of the figures with these names; 95 % by bootstrap over requests, every point and the hull computed anew. Null without. */
export interface AcademicIntervals {
  readonly aiqCi: Interval | null
  readonly aiqRouterbenchCodeCi: Interval | null
  readonly apgrCi: Interval | null
  readonly cptCi: { readonly '50': Interval | null; readonly '80': Interval | null }
  readonly recoveredCi: Interval | null
  readonly routerArenaScoreCi: Interval | null
  readonly paretoDistCi: Interval | null
}

/** All are functions of means over requests, but for the area of the deferral curve, which ranks requests and has none. */
export function academicIntervals(input: AcademicInput, court: Court): AcademicIntervals {
  const read = readerOf(input)
  const figures = onceFor((sums) => academicPoints(read.points(sums)))
  const figure = (of: (figures: ReturnType<typeof academicPoints>) => number | null | undefined): Figure => ({
    series: read.series,
    value: (sums) => of(figures(sums)) ?? NaN,
  })
  const [aiqCi, codeCi, apgrCi, half, four, recovered, arena, pareto] = intervals(
    [
      figure(({ aiq }) => aiq),
      figure(({ aiqRouterbenchCode }) => aiqRouterbenchCode),
      figure(({ apgr }) => apgr),
      figure(({ cpt }) => cpt['50']),
      figure(({ cpt }) => cpt['80']),
      figure(({ oracleGap }) => oracleGap?.recovered),
      figure(({ routerArenaScore }) => routerArenaScore),
      figure(({ paretoDist }) => paretoDist),
    ],
    court,
  )
  return {
    aiqCi: aiqCi ?? null,
    aiqRouterbenchCodeCi: codeCi ?? null,
    apgrCi: apgrCi ?? null,
    cptCi: { '50': half ?? null, '80': four ?? null },
    recoveredCi: recovered ?? null,
    routerArenaScoreCi: arena ?? null,
    paretoDistCi: pareto ?? null,
  }
}

/** Every figure of a replicate is asked of the same sums, one after the other. */
function onceFor<Value>(make: (sums: Float64Array) => Value): (sums: Float64Array) => Value {
  let last: { readonly sums: Float64Array; readonly value: Value } | undefined
  return (sums) => {
    if (last?.sums.every((sum, i) => Object.is(sum, sums[i])) !== true)
      last = { sums: sums.slice(), value: make(sums) }
    return last.value
  }
}

interface Reader {
  /** Per request of the test rows. */
  readonly series: readonly Float64Array[]
  readonly points: (sums: Float64Array) => AcademicPoints
}

/** Sums of: requests; cost and quality of each single model; of the oracle; of each setting with its share of the strong model. */
function readerOf({ sweep, part, singles, chosen, points, oracle }: AcademicInput): Reader {
  const strong = strongModel(singles)
  const under = sweep.settings.map((setting) => outcomesUnder(setting, part))
  const series = [
    new Float64Array(part.rows.length).fill(1),
    ...part.models.flatMap(({ costNanoUsd, quality }) => [costNanoUsd, quality]),
    ...oracleRows(part),
    ...under.flatMap(({ costNanoUsd, quality }, index) => [
      costNanoUsd,
      quality,
      Float64Array.from(part.rows, (row) => (sweep.settings[index]?.choice[row] === strong ? 1 : 0)),
    ]),
  ]
  const chosenAt = points.findIndex(({ label }) => label === chosen.label)
  return {
    series,
    points(sums) {
      const at = (index: number): number => (sums[index] ?? 0) / (sums[0] ?? 1)
      const point = (label: string, from: number): Point => ({
        label,
        costUsd: usd(at(from)),
        quality: at(from + 1),
      })
      const ofModels = singles.map(({ label }, index) => point(label, 1 + 2 * index))
      const first = 3 + 2 * singles.length
      const ofSettings = points.map(({ label }, index) => point(label, first + 3 * index))
      return {
        points: ofSettings,
        chosen: ofSettings[chosenAt] ?? chosen,
        singles: ofModels,
        oracle: oracle === null ? null : point('oracle', first - 2),
        strongShares: ofSettings.map((_, index) => at(first + 3 * index + 2)),
      }
    },
  }
}

/** The best quality of each request at the least cost that gives it: cost, then quality. */
function oracleRows({ rows, models }: Part): readonly [Float64Array, Float64Array] {
  const [cost, quality] = [new Float64Array(rows.length), new Float64Array(rows.length)]
  rows.forEach((_, row) => {
    const best = Math.max(...models.map((model) => model.quality[row] ?? NaN))
    quality[row] = best
    cost[row] = Math.min(
      ...models.map((model) => (model.quality[row] === best ? (model.costNanoUsd[row] ?? NaN) : Infinity)),
    )
  })
  return [cost, quality]
}
