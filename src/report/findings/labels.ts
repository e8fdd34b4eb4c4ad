import type { LabelRow, LabelRows } from '../../metrics/label-rows.js'
import { plainName } from '../format.js'

/** What a label's values are, one and many, as a person would say. */
export interface LabelWords {
  readonly one: string
  readonly many: string
}

const WORDS: Readonly<Record<string, LabelWords>> = {
  org: { one: 'organisation', many: 'organisations' },
  team: { one: 'team', many: 'teams' },
  user: { one: 'user', many: 'users' },
  priority: { one: 'priority', many: 'priorities' },
}

export function labelWords(label: string): LabelWords {
  const name = plainName(label)
  return WORDS[label] ?? { one: name, many: `values of ${name}` }
}

/** The usual labels first, in the order from large to small; then whatever else the log has. */
export function inReadingOrder(labels: readonly LabelRows[]): LabelRows[] {
  const known = Object.keys(WORDS)
  const place = ({ label }: LabelRows): number => known.indexOf(label) + 1 || known.length + 1
  return [...labels].sort((a, b) => place(a) - place(b))
}

/** The first `size` rows in the order of `by`, and what all the others are together; null without others. */
export interface TopRows {
  readonly top: readonly LabelRow[]
  readonly rest: Omit<LabelRow, 'value' | 'quality' | 'models'> | null
}

export function topRows({ rows }: LabelRows, by: (row: LabelRow) => number, size: number): TopRows {
  const single = rows.filter(({ values }) => values === 1).sort((a, b) => by(b) - by(a))
  const top = single.slice(0, size)
  const others = rows.filter((row) => !top.includes(row))
  return { top, rest: others.length === 0 ? null : together(others) }
}

function together(rows: readonly LabelRow[]): Omit<LabelRow, 'value' | 'quality' | 'models'> {
  const sum = (of: (row: LabelRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  return {
    values: sum(({ values }) => values),
    offered: sum(({ offered }) => offered),
    served: sum(({ served }) => served),
    downgraded: sum(({ downgraded }) => downgraded),
    truncated: sum(({ truncated }) => truncated),
    deferred: sum(({ deferred }) => deferred),
    rejected: sum(({ rejected }) => rejected),
    costUsd: sum(({ costUsd }) => costUsd),
  }
}
