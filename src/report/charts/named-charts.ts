/** Every chart of a stored run by name, for those who take charts out of the page. */

import type { Comparison, RunCharts, RunMetrics } from '../../metrics/result.js'
import { plainName, shortName } from '../format.js'
import { inReadingOrder, labelWords } from '../findings/labels.js'
import { unboundSentence } from '../findings/margin.js'
import { calibrationChart } from './calibration.js'
import type { Chart, LegendEntry } from './chart.js'
import { endsByTimeChart } from './ends-by-time.js'
import { frontierChart } from './frontier.js'
import { marginChart, type MarginAgainst } from './margin.js'
import { mixByDifficultyChart } from './mix-by-difficulty.js'
import { mixByLabelChart } from './mix-by-label.js'
import { mixByTaskChart } from './mix-by-task.js'
import { modelLegend, modelOrder, type ModelOrder } from './model-order.js'
import { poolSpendChart } from './pool-spend.js'
import { promisedHeldOutChart } from './promised-held-out.js'
import * as theme from './theme.js'

export interface NamedChart {
  /** Says what the chart shows and of which policy; a safe file name without its ending, different for each chart. */
  readonly name: string
  readonly title: string
  readonly chart: Chart
}

interface Candidate {
  readonly parts: readonly string[]
  readonly title: string
  readonly chart: Chart | null
}

/** In the order of the page; charts without anything to show are left out, as they are there. */
export function namedCharts(comparison: Comparison): NamedChart[] {
  const { runs, charts, tuning } = comparison
  const order = modelOrder(comparison)
  const candidates: Candidate[] = [
    {
      parts: ['frontier'],
      title: 'Cost against quality: policies beside single models',
      chart: frontierChart(comparison),
    },
    ...runs.flatMap((run, index) => {
      const own = charts[index]
      return own === undefined ? [] : chartsOfRun(run, own, order)
    }),
    ...marginCharts(comparison),
    {
      parts: ['promised-and-held-out'],
      title: 'The tuned policy: promised and held out',
      chart: tuning === null ? null : promisedHeldOutChart(tuning),
    },
  ]
  const taken = new Set<string>()
  return candidates.flatMap(({ parts, title, chart }) =>
    chart === null ? [] : [{ name: unused(fileName(parts), taken), title, chart }],
  )
}

function chartsOfRun(run: RunMetrics, charts: RunCharts, order: ModelOrder): Candidate[] {
  const { policyId } = run
  const of = (what: string): string => `${shortName(policyId, 60)}: ${what}`
  const models = modelLegend(order)
  return [
    {
      parts: [policyId, 'models-by-difficulty'],
      title: of('models by difficulty'),
      chart: withLegend(isMixed(charts.mixByDifficulty, order, mixByDifficultyChart), models),
    },
    {
      parts: [policyId, 'models-by-task'],
      title: of('models by task'),
      chart: withLegend(isMixed(charts.mixByTask, order, mixByTaskChart), models),
    },
    ...inReadingOrder(charts.labels ?? []).map((own) => ({
      parts: [policyId, 'models-by', labelWords(own.label).one],
      title: of(`models by ${labelWords(own.label).one}`),
      chart: withLegend(own.values > 1 ? mixByLabelChart(own, order) : null, models),
    })),
    ...charts.poolSpend.map((pool) => ({
      parts: [policyId, 'budget', pool.budgetId, pool.label],
      title: of(`budget ${plainName(pool.budgetId)}, ${shortName(pool.label, 40)}`),
      chart: withLegend(poolSpendChart(pool), SPEND_LEGEND),
    })),
    {
      parts: [policyId, 'requests-through-time'],
      title: of('requests through time'),
      chart: touchesAnyone(run) ? endsByTimeChart(charts.endsByTime) : null,
    },
    {
      parts: [policyId, 'difficulty-said-and-found'],
      title: of('difficulty, said and found'),
      chart: calibrationOf(run, charts),
    },
  ]
}

/** Who asks one model for everything, asks no classifier. */
function calibrationOf({ modelShare }: RunMetrics, { classifier }: RunCharts): Chart | null {
  const isAsked = Object.keys(modelShare).length > 1
  return classifier === undefined || classifier === null || !isAsked
    ? null
    : calibrationChart(classifier.calibration)
}

const MARGINS: readonly (readonly [MarginAgainst, title: string])[] = [
  ['stranded', 'calls over their reservation against stranded budget'],
  ['refused', 'calls over their reservation against requests refused or downgraded'],
]

function marginCharts({ margin }: Comparison): Candidate[] {
  if (margin === undefined || unboundSentence(margin) !== null) return []
  return MARGINS.map(([against, title]) => ({
    parts: [margin.policyId, 'margin', against],
    title: `${shortName(margin.policyId, 60)}: ${title}`,
    chart: marginChart(margin.rows, against),
  }))
}

const SPEND_LEGEND: readonly LegendEntry[] = [
  { label: 'spent in the window', mark: 'bar', colour: theme.POLICY },
  { label: 'the cap', mark: 'dashed', colour: theme.CAP },
]

/** The page draws one legend for several small charts; a chart that goes alone needs its own. */
function withLegend(chart: Chart | null, legend: readonly LegendEntry[]): Chart | null {
  return chart === null ? null : { ...chart, legend }
}

/** A policy of one model would be a block of one colour. */
function isMixed<Row extends { readonly model: string; readonly requests: number }>(
  rows: readonly Row[],
  order: ModelOrder,
  draw: (rows: readonly Row[], order: ModelOrder) => Chart | null,
): Chart | null {
  const models = new Set(rows.filter((row) => row.requests > 0).map((row) => row.model))
  return models.size > 1 ? draw(rows, order) : null
}

function touchesAnyone({ downgraded, deferred, rejected, unresolved, faults }: RunMetrics): boolean {
  return downgraded + deferred + rejected + unresolved + (faults?.unanswered ?? 0) > 0
}

const MAX_PART = 48

/** Names out of logs and policies become file names: only what every file system takes, and nothing that leaves a folder. */
function fileName(parts: readonly string[]): string {
  const plain = parts.map((part) =>
    part
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9._]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, MAX_PART),
  )
  return plain.filter((part) => part !== '').join('-')
}

/** Upper and lower case are one name on some file systems. */
function unused(name: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`
    if (taken.has(candidate.toLowerCase())) continue
    taken.add(candidate.toLowerCase())
    return candidate
  }
}
