import type Database from 'better-sqlite3'
import type { LateLabel, LogRecord } from '../core/log-record.js'
import { BASES, type LogTable } from '../core/log-table.js'
import type { LintWarning } from './lint/lint.js'
import type { LogStore } from './store.js'

/** What a label is of: the answer that a request was served, or a whole session. */
type About = 'request' | 'session'
type Row = [quality: number, source: string | null, at: number | null]

/** Where a label comes from, for the table of conflicts. */
interface Place {
  readonly file: string
  readonly line: number
}

const FIELD: Readonly<Record<About, string>> = { request: 'feedback', session: 'sessionOutcome' }
const BARE: ReadonlySet<string> = new Set(['id', 'scope', 'feedback', 'sessionOutcome'])
const LOGGED = BASES.indexOf('logged')

/** True of a line that says nothing of a request but what came of it: no request is made of it. */
export function isLabelOnly(record: LogRecord): boolean {
  return hasLabel(record) && Object.keys(record).every((name) => BARE.has(name))
}

export function hasLabel({ feedback, sessionOutcome }: LogRecord): boolean {
  return feedback !== undefined || sessionOutcome !== undefined
}

/**
 * Keeps labels by the id or session that they are of, whether or not the log holds it yet. Of two that differ the one that was
 * given later (`at`) stays, else the one read later; the other is kept in `conflicts`.
 */
export class LabelWriter {
  readonly #select: Database.Statement<[About, string], Row>
  readonly #put: Database.Statement<[About, string, ...Row]>
  readonly #conflict: Database.Statement<unknown[]>
  #changes = 0

  constructor(db: Database.Database) {
    this.#select = db
      .prepare<[About, string], Row>('select quality, source, at from labels where about = ? and name = ?')
      .raw()
    this.#put = db.prepare('insert or replace into labels values (?, ?, ?, ?, ?, 0)')
    this.#conflict = db.prepare('insert into conflicts values (?, null, ?, ?, ?, ?, ?)')
  }

  /** Labels that were added or changed. */
  get changes(): number {
    return this.#changes
  }

  /** True when a label of the record is new or differs from the one that was there. */
  put({ id, scope, feedback, sessionOutcome }: LogRecord, place: Place): boolean {
    const session = scope?.['session']
    const ofAnswer = feedback !== undefined && this.#putOne('request', id, feedback, place)
    const ofSession =
      sessionOutcome !== undefined &&
      session !== undefined &&
      this.#putOne('session', session, sessionOutcome, place)
    return ofAnswer || ofSession
  }

  #putOne(about: About, name: string, { quality, source, at }: LateLabel, place: Place): boolean {
    const told: Row = [quality, source ?? null, at ?? null]
    const stored = this.#select.get(about, name)
    if (stored !== undefined && stored.every((cell, i) => cell === told[i])) return false
    const isOlder = at !== undefined && (stored?.[2] ?? -Infinity) > at
    const [earlier, later] = isOlder ? [told, stored] : [stored, told]
    if (earlier !== undefined && later !== undefined && earlier[0] !== later[0])
      this.#conflict.run(name, FIELD[about], String(earlier[0]), String(later[0]), place.file, place.line)
    if (!isOlder) this.#put.run(about, name, ...told)
    this.#changes++
    return true
  }
}

/**
 * Labels of answers become the quality of the model that the request was served by, once the log holds it; a quality that they
 * replace is kept in `conflicts`. Gives how many outcomes changed.
 */
export function layFeedback(db: Database.Database): number {
  const open = db
    .prepare<[], [string, number, number, number, string | null, number | null]>(
      `with served as (
         select r.id, r.key, l.quality, l.source, coalesce(r.chosen, (
           select model from outcomes where request = r.key group by request having count(*) = 1)) as model
         from labels l join requests r on r.id = l.name where l.about = 'request' and l.laid = 0)
       select s.id, s.key, s.model, s.quality, s.source, o.quality
       from served s left join outcomes o on o.request = s.key and o.model = s.model where s.model is not null`,
    )
    .raw()
  const put = db.prepare(
    `insert into outcomes (request, model, quality, quality_source, basis) values (?, ?, ?, ?, ${LOGGED})
     on conflict do update set quality = excluded.quality, quality_source = excluded.quality_source`,
  )
  const conflict = db.prepare(
    `insert into conflicts select ?, id, 'quality', ?, ?, 'feedback', 0 from models where key = ?`,
  )
  const lay = db.prepare("update labels set laid = 1 where about = 'request' and name = ?")
  const rows = open.all()
  for (const [id, key, model, quality, source, before] of rows) {
    put.run(key, model, quality, source)
    if (before !== null && before !== quality) conflict.run(id, String(before), String(quality), model)
    lay.run(id)
  }
  return rows.length
}

/** Labels of answers that still wait for their request. */
export function waitingLabels(db: Database.Database): LintWarning[] {
  const count =
    db
      .prepare<[], number>("select count(*) from labels where about = 'request' and laid = 0")
      .pluck()
      .get() ?? 0
  if (count === 0) return []
  const message =
    'feedback is of requests that the log does not hold, or that name no model which answered: it is kept, and counts once they are imported'
  return [{ code: 'waiting-feedback', message, count }]
}

/** By row the quality of its session; undefined where no session of the log has one. */
export function readSessionQuality(
  { db }: LogStore,
  { labels, size }: { readonly labels: LogTable['labels']; readonly size: number },
): Float64Array | undefined {
  const session = labels['session']
  if (session === undefined) return undefined
  const told = db
    .prepare<[], [string, number]>("select name, quality from labels where about = 'session'")
    .raw()
    .all()
  const known = new Map(told)
  const byCode = session.values.map((name) => known.get(name) ?? NaN)
  if (byCode.every(Number.isNaN)) return undefined
  const quality = new Float64Array(size).fill(NaN)
  session.codes.forEach((code, row) => {
    if (code >= 0) quality[row] = byCode[code] ?? NaN
  })
  return quality
}

/** The outcome of each session that has one, as files name it. */
export function readSessionOutcomes({ db }: LogStore): ReadonlyMap<string, LateLabel> {
  const rows = db
    .prepare<[], [string, ...Row]>("select name, quality, source, at from labels where about = 'session'")
    .raw()
  return new Map(
    rows
      .all()
      .map(([name, quality, source, at]) => [
        name,
        { quality, ...(source !== null && { source }), ...(at !== null && { at }) },
      ]),
  )
}
