import type { LogTable, TextColumn } from '../core/log-table.js'
import { draw } from '../core/random.js'

export const PARTS = ['tune', 'validate', 'test'] as const
export type Part = (typeof PARTS)[number]

/** Rows of each part, ascending, and how they were told apart, for people. */
export interface Split {
  readonly rule: string
  readonly rows: Readonly<Record<Part, readonly number[]>>
  /** Rows of no part: their session had begun in an earlier one. */
  readonly purged: number
}

/** Ends of the first two parts, as shares of the requests. */
const ENDS = [0.6, 0.8] as const
/** A time cut that purges more of a part than this leaves too little: then whole sessions are dealt by lot. */
const MOST_PURGED = 0.5

/**
 * Tune, validate and test: 60, 20 and 20 % of the requests in the order of time, so that figures are measured on traffic
 * that comes after what was searched on, as in production. Requests whose session began in an earlier part are left out:
 * they resemble what the search has seen. Where times are made up, or sessions outlast the parts, whole sessions (else
 * requests) are dealt by a hash of their name and the seed.
 */
export function splitLog(table: LogTable, seed: number): Split {
  const sessions = table.labels['session']
  if (table.arrivals === 'logged') {
    const byTime = splitByTime(table, sessions)
    const wanted = table.size * 0.2 * (1 - MOST_PURGED)
    if (byTime.rows.validate.length >= wanted && byTime.rows.test.length >= wanted) return byTime
  }
  return splitByHash(table, sessions, seed)
}

function splitByTime(table: LogTable, sessions: TextColumn | undefined): Split {
  const cuts = ENDS.map((share) => cutBefore(table, Math.round(table.size * share)))
  const firstPart = new Int8Array(sessions?.values.length ?? 0).fill(-1)
  const rows: Record<Part, number[]> = { tune: [], validate: [], test: [] }
  let purged = 0
  for (let row = 0; row < table.size; row++) {
    const part = cuts.filter((cut) => row >= cut).length
    const session = sessions?.codes[row] ?? -1
    if (session >= 0) {
      if (firstPart[session] === -1) firstPart[session] = part
      if (firstPart[session] !== part) {
        purged++
        continue
      }
    }
    rows[PARTS[part] ?? 'test'].push(row)
  }
  const left = sessions === undefined ? '' : `, ${purged} requests of sessions that straddle a cut left out`
  return { rule: `by time, 60/20/20 % of the requests${left}`, rows, purged }
}

/** Requests of the same instant stay together. */
function cutBefore(table: LogTable, row: number): number {
  let cut = row
  while (cut > 0 && cut < table.size && table.at[cut] === table.at[cut - 1]) cut--
  return cut
}

function splitByHash(table: LogTable, sessions: TextColumn | undefined, seed: number): Split {
  const rows: Record<Part, number[]> = { tune: [], validate: [], test: [] }
  let named = 0
  for (let row = 0; row < table.size; row++) {
    const session = sessions?.values[sessions.codes[row] ?? -1]
    if (session !== undefined) named++
    const luck = draw(seed, session ?? table.ids[row] ?? '', 'split')
    rows[luck < ENDS[0] ? 'tune' : luck < ENDS[1] ? 'validate' : 'test'].push(row)
  }
  const unit = named * 2 > table.size ? 'session' : 'request'
  const because = table.arrivals === 'synthetic' ? 'times are made up' : 'sessions outlast the parts'
  return { rule: `by lot, 60/20/20 %, whole ${unit}s (${because})`, rows, purged: 0 }
}
