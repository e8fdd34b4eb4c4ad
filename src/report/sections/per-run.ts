import type { Comparison, RunCharts } from '../../metrics/result.js'
import { name } from '../elements.js'
import { html, type Markup } from '../markup.js'

export interface PerRun {
  /** Gives the figure of one policy, or null when it has nothing to show. */
  readonly draw: (charts: RunCharts, title: Markup) => Promise<Markup | null>
  /** Which policies stand open; the others are folded away. */
  readonly isOpen: (index: number) => boolean
  /** What is said of those with nothing to show. */
  readonly otherwise: string
}

/** One small figure per policy, in the order of the comparison. */
export async function perRunFigures(
  { runs, charts }: Comparison,
  { draw, isOpen, otherwise }: PerRun,
): Promise<Markup> {
  const drawn = await Promise.all(
    runs.map(async (run, index) => {
      const own = charts[index]
      return {
        run,
        isOpen: isOpen(index),
        figure: own === undefined ? null : await draw(own, name(run.policyId)),
      }
    }),
  )
  const figures = (open: boolean): Markup[] =>
    drawn.flatMap((one) => (one.figure === null || one.isOpen !== open ? [] : [one.figure]))
  const folded = figures(false)
  const absent = drawn.filter(({ figure }) => figure === null).map(({ run }) => run)
  return html`<div class="multiples">${figures(true)}</div>
    ${
      folded.length === 0
        ? null
        : html`<details>
            <summary>The other policies (${folded.length})</summary>
            <div class="multiples">${folded}</div>
          </details>`
    }
    ${absent.length === 0 ? null : html`<p class="sub">${otherwise}: ${absent.map((run, i) => html`${i === 0 ? '' : ', '}${name(run.policyId)}`)}.</p>`}`
}
