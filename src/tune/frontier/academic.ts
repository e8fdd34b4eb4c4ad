import { aiqRouterbenchCode } from '../../metrics/frontier/aiq-routerbench-code.js'
import { aiq } from '../../metrics/frontier/aiq.js'
import { apgr } from '../../metrics/frontier/apgr.js'
import { cptUsd } from '../../metrics/frontier/cpt-usd.js'
import { cpt } from '../../metrics/frontier/cpt.js'
import { normalisedDeferralArea } from '../../metrics/frontier/deferral-curve.js'
import { oracleGap, type OracleGap } from '../../metrics/frontier/oracle-gap.js'
import { paretoDist } from '../../metrics/frontier/pareto-dist.js'
import { routerArenaScore } from '../../metrics/frontier/router-arena-score.js'
import type { CurvePoint, ModelPair } from '../../metrics/frontier/two-model-curve.js'
import type { Point } from '../../metrics/result.js'
import type { Part } from './choose-setting.js'
import type { Setting, Sweep } from './sweep.js'

interface AtTwoPercentages {
  readonly '50': number | null
  readonly '80': number | null
}

/** Figures of papers and leaderboards, on the test rows. Those of two models are null for more. */
export interface AcademicFigures {
  /** Over the costs of the single models, with the cheapest of them as a setting. */
  readonly aiq: number | null
  readonly aiqRouterbenchCode: number | null
  readonly apgr: number | null
  readonly cpt: AtTwoPercentages
  /** US dollars per request. */
  readonly cptUsd: AtTwoPercentages
  /** Of the chosen setting, as `routerArenaScore`. */
  readonly oracleGap: OracleGap | null
  readonly routerArenaScore: number | null
  readonly paretoDist: number | null
  /** Normalised: 0 is random deferral, 1 the oracle's. */
  readonly deferralArea: number | null
}

export interface AcademicInput {
  readonly sweep: Sweep
  readonly part: Part
  readonly points: readonly Point[]
  readonly chosen: Point
  /** By index of the models. */
  readonly singles: readonly Point[]
  readonly oracle: Point | null
}

export function academicFigures(input: AcademicInput): AcademicFigures {
  const { points, chosen, singles, oracle } = input
  const costs = singles.map(({ costUsd }) => costUsd)
  const cheapest = singles.filter(({ costUsd }) => costUsd === Math.min(...costs))
  const range = { fromUsd: Math.min(...costs), toUsd: Math.max(...costs) }
  const settable = [...points, ...cheapest]
  const dearest = Math.max(...costs, ...points.map(({ costUsd }) => costUsd))
  return {
    aiq: aiq(settable, range),
    aiqRouterbenchCode: aiqRouterbenchCode(settable, dearest),
    oracleGap: oracle === null ? null : oracleGap(chosen, singles, oracle),
    routerArenaScore: routerArenaScore(chosen),
    paretoDist: paretoDist(points, singles),
    ...twoModelFigures(input),
  }
}

export function hullAiq(singles: readonly Point[]): number | null {
  const costs = singles.map(({ costUsd }) => costUsd)
  return aiq(singles, { fromUsd: Math.min(...costs), toUsd: Math.max(...costs) })
}

type TwoModelFigures = Pick<AcademicFigures, 'apgr' | 'cpt' | 'cptUsd' | 'deferralArea'>

function twoModelFigures({ sweep, part, points, singles }: AcademicInput): TwoModelFigures {
  const [first, second] = singles
  const none = { '50': null, '80': null }
  if (first === undefined || second === undefined || singles.length > 2)
    return { apgr: null, cpt: none, cptUsd: none, deferralArea: null }
  const strong = second.costUsd >= first.costUsd ? 1 : 0
  const pair: ModelPair = strong === 1 ? { weak: first, strong: second } : { weak: second, strong: first }
  const curve = sweep.settings.flatMap((setting, index): CurvePoint[] => {
    const point = points[index]
    return point === undefined ? [] : [{ ...point, strongShare: shareOf(setting, strong, part) }]
  })
  return {
    apgr: apgr(curve, pair),
    cpt: { '50': cpt(curve, pair, 50), '80': cpt(curve, pair, 80) },
    cptUsd: { '50': cptUsd(curve, pair, 50), '80': cptUsd(curve, pair, 80) },
    deferralArea: deferralArea(sweep, part, strong),
  }
}

function shareOf({ choice }: Setting, model: number, { rows }: Part): number {
  return rows.filter((row) => choice[row] === model).length / Math.max(1, rows.length)
}

function deferralArea({ score }: Sweep, { rows, models }: Part, strong: number): number | null {
  const [weakAnswers, strongAnswers] = [models[1 - strong], models[strong]]
  if (weakAnswers === undefined || strongAnswers === undefined || score === null) return null
  const scores = Float64Array.from(rows, (row) => score[row] ?? 0)
  return normalisedDeferralArea({ weak: weakAnswers, strong: strongAnswers }, scores)
}
