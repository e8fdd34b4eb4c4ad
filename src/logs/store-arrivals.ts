import type Database from 'better-sqlite3'
import { InputError } from '../core/errors.js'
import { NO_QUALITY_RULES } from './formats/quality-rules.js'
import type { LintWarning } from './lint/lint.js'
import { readMeta, writeMeta } from './store.js'
import { fileHash, statFile } from './store-files.js'
import { planFile } from './store-plan.js'
import { readRows, type RowSink } from './store-rows.js'

/** Where requests without a time get one: from a Poisson process, or from a real trace. */
export type ArrivalOptions =
  | { readonly perSecond: number; readonly seed: number }
  | { readonly trace: string; readonly tokens: boolean; readonly seed: number }

/** As it is kept in the store: a rate, or which trace lies in the table `arrival_trace`. */
export type StoredArrivals =
  | readonly [perSecond: number, seed: number]
  | { readonly trace: string; readonly sha256: string; readonly tokens: boolean; readonly seed: number }

/** Keeps how requests without a time get one. @throws InputError when the trace holds no arrival with a time. */
export async function putArrivals(
  db: Database.Database,
  arrivals: ArrivalOptions | undefined,
): Promise<LintWarning[]> {
  if (arrivals === undefined) return []
  db.exec('delete from arrival_trace')
  if ('perSecond' in arrivals) {
    keep(db, [arrivals.perSecond, arrivals.seed])
    return []
  }
  const { trace, tokens, seed } = arrivals
  const sha256 = await fileHash(statFile(trace))
  const count = await putTrace(db, trace)
  keep(db, { trace, sha256, tokens, seed })
  return [lengthWarning(db, trace, count)]
}

function keep(db: Database.Database, stored: StoredArrivals): void {
  writeMeta(db, 'arrivals', JSON.stringify(stored))
}

export function storedArrivals(meta: ReadonlyMap<string, string>): StoredArrivals | undefined {
  const text = meta.get('arrivals')
  return text === undefined ? undefined : (JSON.parse(text) as StoredArrivals)
}

async function putTrace(db: Database.Database, trace: string): Promise<number> {
  const source = await planFile(statFile(trace), { quality: NO_QUALITY_RULES.qualityOf })
  const insert = db.prepare('insert into arrival_trace (at, input_tokens, output_tokens) values (?, ?, ?)')
  let count = 0
  const sink: RowSink = {
    record({ at, outcomes = [] }) {
      if (at === undefined) return
      count++
      insert.run(at, outcomes[0]?.inputTokens ?? null, outcomes[0]?.outputTokens ?? null)
    },
    card: () => {},
    skip: () => {},
    reject(rejection, line) {
      throw new InputError(`--arrivals ${trace}:${line} cannot be read: ${rejection.message}`)
    },
  }
  await readRows(source, sink, () => {})
  if (count === 0) throw new InputError(`--arrivals ${trace} holds no arrival with a time`)
  return count
}

/** A trace that is shorter begins again, one that is longer ends early: either changes the load, so it is said. */
function lengthWarning(db: Database.Database, trace: string, count: number): LintWarning {
  const [untimed] = db
    .prepare<[], [number]>('select count(*) from requests where at is null')
    .raw()
    .get() ?? [0]
  const fits =
    untimed > count
      ? `it has ${count} arrivals and is laid ${Math.ceil(untimed / count)} times in a row`
      : `the first ${untimed} of its ${count} arrivals are used`
  const message = `${untimed} requests without a time get those of ${trace}, in an order drawn by lot; ${fits}`
  return { code: 'trace-times', message, count: untimed }
}

/** Without `--arrivals`, now or before, requests without a time come one a second: said, not done in silence. */
export function untimedWarning(db: Database.Database): LintWarning[] {
  if (readMeta(db).has('arrivals')) return []
  const [count] = db.prepare<[], [number]>('select count(*) from requests where at is null').raw().get() ?? [
    0,
  ]
  const message = `${count} requests have no time and count as one a second, in an order drawn by lot; for Poisson arrivals: --arrivals 5/s --seed 1`
  return count === 0 ? [] : [{ code: 'synthetic-times', message, count }]
}
