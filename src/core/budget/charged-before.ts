import { durationMs } from '../duration.js'
import { nanoUsd } from '../money.js'
import type { WindowSpec } from '../policy-schema.js'

/** A reservation that has ended: when it was admitted, and what it was charged. */
export interface ChargeLine {
  readonly admittedAt: number
  readonly charged: number
}

/** What a new window is opened for. */
export interface NewWindow {
  readonly spec: WindowSpec
  /** Start of its calendar window that holds `at`; -Infinity where it has none. */
  readonly start: number
  readonly capNanoUsd: number
  readonly at: number
}

/**
 * What of the charges that are remembered counts in a window that begins to be reckoned in another way: with it, a budget
 * that is changed and changed back has no second allowance, however short the window was in between.
 */
export function chargedBefore(lines: readonly ChargeLine[], window: NewWindow): number {
  const { spec, start, capNanoUsd, at } = window
  switch (spec.kind) {
    case 'fixed':
      return sumSince(lines, start)
    case 'sliding':
      return sumSince(lines, at - durationMs(spec.budgetDuration))
    case 'tokenBucket':
      // No line says when it was charged, so nothing is taken to have been refilled since; more than all cannot be missing.
      return Math.min(capNanoUsd, sumSince(lines, at - refillMs(spec, capNanoUsd)))
    case 'lifetime':
      return sumSince(lines, lifetimeStart(lines, spec, at))
  }
}

function sumSince(lines: readonly ChargeLine[], since: number): number {
  return lines.reduce((sum, { admittedAt, charged }) => (admittedAt >= since ? sum + charged : sum), 0)
}

/** How long an empty bucket takes to be full. */
function refillMs({ refillRate }: Extract<WindowSpec, { kind: 'tokenBucket' }>, capNanoUsd: number): number {
  return Math.ceil((capNanoUsd / nanoUsd(refillRate.usd)) * durationMs(refillRate.per))
}

/** The first admission after the last pause that was long enough to be forgotten. */
function lifetimeStart(
  lines: readonly ChargeLine[],
  { forgetAfter }: Extract<WindowSpec, { kind: 'lifetime' }>,
  at: number,
): number {
  if (forgetAfter === undefined) return -Infinity
  const pause = durationMs(forgetAfter)
  let start = at
  for (const { admittedAt } of lines.toSorted((a, b) => b.admittedAt - a.admittedAt)) {
    if (start - admittedAt >= pause) break
    start = admittedAt
  }
  return start
}
