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
  const { sweep, part, singles } = input
  const strong = strongModel(singles)
  const strongShares = sweep.settings.map((setting) => shareOf(setting, strong, part))
  return {
    ...academicPoints({ ...input, strongShares }),
    deferralArea: singles.length === 2 ? deferralArea(sweep, part, strong) : null,
  }
}

/** Means over requests: what all figures but the deferral area are functions of. */
export interface AcademicPoints extends Pick<AcademicInput, 'points' | 'chosen' | 'singles' | 'oracle'> {
  /** By setting: share of the requests that the dearer of two models answers. */
  readonly strongShares: readonly number[]
}

export function academicPoints(input: AcademicPoints): Omit<AcademicFigures, 'deferralArea'> {
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

/** Index of the dearer of the first two models. */
export function strongModel([first, second]: readonly Point[]): number {
  return (second?.costUsd ?? 0) >= (first?.costUsd ?? 0) ? 1 : 0
}

function twoModelFigures({
  points,
  singles,
  strongShares,
}: AcademicPoints): Pick<AcademicFigures, 'apgr' | 'cpt' | 'cptUsd'> {
  const [first, second] = singles
  const none = { '50': null, '80': null }
  if (first === undefined || second === undefined || singles.length > 2)
    return { apgr: null, cpt: none, cptUsd: none }
  const pair: ModelPair =
    strongModel(singles) === 1 ? { weak: first, strong: second } : { weak: second, strong: first }
  const curve = points.map((point, index): CurvePoint => ({
    ...point,
    strongShare: strongShares[index] ?? NaN,
  }))
  return {
    apgr: apgr(curve, pair),
    cpt: { '50': cpt(curve, pair, 50), '80': cpt(curve, pair, 80) },
    cptUsd: { '50': cptUsd(curve, pair, 50), '80': cptUsd(curve, pair, 80) },
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
