/** Times on charts are UTC: the log may come from several zones, and the page must not depend on its reader's clock. */

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface TimeAxis {
  readonly ticks: readonly number[]
  readonly labels: readonly string[]
}

/** A few ticks at round hours or days, with labels that say no more than they need. */
export function timeAxis(from: number, to: number, maxTicks: number): TimeAxis {
  const span = Math.max(1, to - from)
  const steps = [
    HOUR / 12,
    HOUR / 4,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
  ]
  const step = steps.find((candidate) => span / candidate <= maxTicks) ?? span / maxTicks
  const ticks: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at)
  return { ticks, labels: ticks.map((at) => label(at, step)) }
}

function label(at: number, step: number): string {
  const date = new Date(at)
  if (step >= DAY)
    return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return date.toISOString().slice(11, 16)
}

/** Vega axis over milliseconds with those labels. */
export function timeAxisSpec({ ticks, labels }: TimeAxis): object {
  const texts = labels.map((text) => `'${text}'`).join(',')
  return {
    values: ticks,
    labelExpr: `[${texts}][round(datum.index * ${Math.max(0, ticks.length - 1)})]`,
    grid: false,
  }
}
