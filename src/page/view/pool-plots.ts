import type { RunCharts } from '../../metrics/result.js'
import { count, money, shortName, tidyMoney, time } from '../../report/format.js'
import type { Figures } from '../figures.js'
import { drawn, element } from './element.js'
import { namePiece } from './name.js'

type Pool = RunCharts['poolSpend'][number]

const MOST_POOLS = 4
const WIDTH = 320
const HEIGHT = 150
const PLOT = { left: 8, right: 8, top: 22, bottom: 24 }

/** Spend against cap through time of the pools that stop most, and a row a budget. */
export function poolPlots({ pools, budgets }: Figures): HTMLElement {
  if (pools.length === 0) return element('p', { class: 'sub' }, 'This policy has no budgets.')
  const overCap = new Set(budgets.filter(({ violations }) => violations > 0).map(({ budgetId }) => budgetId))
  return element(
    'div',
    {},
    element(
      'div',
      { class: 'multiples' },
      ...pools.slice(0, MOST_POOLS).map((pool) => poolPlot(pool, overCap.has(pool.budgetId))),
    ),
    budgetsTable(budgets),
  )
}

function poolPlot(pool: Pool, isOver: boolean): HTMLElement {
  const { points, capUsd } = pool
  const most = points.reduce((peak, { usedUsd }) => Math.max(peak, usedUsd), 0)
  const top = Math.max(most, capUsd) * 1.05 || 1
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 1]
  const x = (at: number): number =>
    PLOT.left + ((at - first) / Math.max(1, last - first)) * (WIDTH - PLOT.left - PLOT.right)
  const bottom = HEIGHT - PLOT.bottom
  const y = (used: number): number => bottom - (used / top) * (bottom - PLOT.top)
  const line = points
    .map(({ at, usedUsd }, index) => `${index === 0 ? 'M' : 'L'}${x(at).toFixed(1)},${y(usedUsd).toFixed(1)}`)
    .join('')
  const name = `${shortName(pool.budgetId, 24)} · ${shortName(pool.label, 24)}`
  const use = useOf(most, capUsd, isOver)
  return element(
    'figure',
    {},
    element('figcaption', {}, name, element('span', { class: 'sub' }, use)),
    drawn(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${name}: ${use}` },
      drawn('path', { d: `${line}L${x(last)},${bottom}L${x(first)},${bottom}Z`, class: 'used' }),
      drawn('path', { d: line, class: 'used-line' }),
      drawn('line', { x1: PLOT.left, x2: WIDTH - PLOT.right, y1: y(capUsd), y2: y(capUsd), class: 'cap' }),
      drawn('line', { x1: PLOT.left, x2: WIDTH - PLOT.right, y1: bottom, y2: bottom, class: 'axis' }),
      drawn('text', { x: PLOT.left, y: y(capUsd) - 5 }, 'cap'),
      drawn('text', { x: PLOT.left, y: HEIGHT - 8 }, dayOf(first)),
      drawn('text', { x: WIDTH - PLOT.right, y: HEIGHT - 8, 'text-anchor': 'end' }, dayOf(last)),
    ),
  )
}

/** The drawing's bins are not a sliding window's own: what they sum may pass a cap that held. */
function useOf(mostUsd: number, capUsd: number, isOver: boolean): string {
  const cap = `cap ${tidyMoney(capUsd)}`
  if (mostUsd >= capUsd && !isOver) return `${cap}, reached`
  return `${cap}, at most ${money(mostUsd)} used`
}

function dayOf(at: number): string {
  return time(at).slice(0, 10)
}

const HEADS = ['Budget', 'Windows', 'Over cap', 'Stopped or changed', 'Spent', 'Stranded']

function budgetsTable(budgets: Figures['budgets']): HTMLElement {
  const label = 'Budgets of the moved policy, all their windows together, in the log'
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `Table: ${label}` },
    element(
      'table',
      {},
      element('caption', {}, element('span', {}, label)),
      element('thead', {}, element('tr', {}, ...HEADS.map((head) => element('th', { scope: 'col' }, head)))),
      element(
        'tbody',
        {},
        ...budgets.map((row) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, namePiece(row.budgetId)),
            ...[
              count(row.pools),
              count(row.violations),
              count(row.bindings),
              money(row.spentUsd),
              money(row.strandedUsd),
            ].map((text) => element('td', { class: 'number' }, text)),
          ),
        ),
      ),
    ),
  )
}
