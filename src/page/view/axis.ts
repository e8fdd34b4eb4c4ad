/** Where a value of an axis lies in a drawing. */
export interface Axis {
  at(value: number): number
  readonly ticks: readonly number[]
}

export interface AxisOptions {
  readonly from: number
  readonly to: number
  /** Steps are factors where the values span more than this many times the smallest; values of 0 lie at the left end. */
  readonly isLog: boolean
}

const TICKS = 5

/** An axis that takes in all values, with a little room at both ends. */
export function axisOf(values: readonly number[], { from, to, isLog }: AxisOptions): Axis {
  const known = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0))
  const low = known.length === 0 ? 1 : Math.min(...known)
  const high = known.length === 0 ? 2 : Math.max(...known)
  return isLog ? logAxis(low, high, { from, to }) : linearAxis(low, high, { from, to })
}

type Ends = Pick<AxisOptions, 'from' | 'to'>

function linearAxis(low: number, high: number, { from, to }: Ends): Axis {
  const room = Math.max((high - low) * 0.08, 1e-3)
  const [start, end] = [low - room, high + room]
  const step = niceStep((end - start) / TICKS)
  const first = Math.ceil(start / step)
  const ticks = Array.from(
    { length: Math.floor(end / step) - first + 1 },
    (_, index) => (first + index) * step,
  )
  return { ticks, at: (value) => from + ((value - start) / (end - start)) * (to - from) }
}

function logAxis(low: number, high: number, { from, to }: Ends): Axis {
  const room = Math.max((high / low) ** 0.08, 1.05)
  const [start, end] = [Math.log(low / room), Math.log(high * room)]
  return {
    ticks: logTicks(Math.exp(start), Math.exp(end)),
    at: (value) => from + ((Math.max(Math.log(value), start) - start) / (end - start)) * (to - from),
  }
}

/** 1, 2 and 5 in each decade; fewer over many decades. */
function logTicks(start: number, end: number): number[] {
  const decades = Math.log10(end / start)
  const digits = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5]
  const ticks: number[] = []
  for (let exponent = Math.floor(Math.log10(start)); exponent <= Math.ceil(Math.log10(end)); exponent++) {
    for (const digit of digits) {
      const tick = Number((digit * 10 ** exponent).toPrecision(3))
      if (tick >= start && tick <= end) ticks.push(tick)
    }
  }
  return ticks
}

/** 1, 2 or 5 times a power of ten. */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const digit = rough / power
  return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10)
}
