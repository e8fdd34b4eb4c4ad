import type { LogTable } from '../../src/core/log-table.js'
import { createRandom, type Random } from '../../src/core/random.js'
import { anOutcome, aTable, aText } from './builders.js'

/** A log with known truth: half of the requests are hard; the cheap model fails on most of these, the dear one seldom. */
export interface Truth {
  readonly table: LogTable
  /** 1 where the request is hard: what a perfect classifier would see. */
  readonly hard: Uint8Array
}

export function aTruth(size: number, seed: number, sessions = size): Truth {
  const random = createRandom(seed)
  const hard = Uint8Array.from({ length: size }, () => (random.next() < 0.5 ? 1 : 0))
  const answers = (easy: number, difficult: number): number[] =>
    Array.from(hard, (is) => (random.next() < (is === 1 ? difficult : easy) ? 1 : 0))
  const outcomes = [anOutcome('cheap', answers(0.9, 0.3), 0.001), anOutcome('dear', answers(0.95, 0.9), 0.01)]
  const session = aText(Array.from({ length: size }, (_, row) => `s${row % sessions}`))
  return { table: aTable({ outcomes, ...(sessions < size ? { labels: { session } } : {}) }), hard }
}

/** A router that sees the difficulty through noise: right with the given chance. */
export function aRouter({ hard }: Truth, accuracy: number, seed: number): (row: number) => number {
  const random: Random = createRandom(seed)
  const seen = hard.map((is) => (random.next() < accuracy ? is : 1 - is))
  return (row) => seen[row] ?? 0
}
