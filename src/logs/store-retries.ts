import type Database from 'better-sqlite3'
import { BASES } from '../core/log-table.js'

/** Asked again within this time by the same asker: the first answer did not do. */
const RETRY_MS = 10 * 60 * 1000

type Row = [key: number, at: number, asker: string, asked: string]

/**
 * The rule `retry`: a call whose very same text the same session (else user) sent again within ten minutes has quality 0,
 * where no rule that was named before `retry` knows better. Gives how many calls that is.
 */
export function judgeRetries(db: Database.Database, rules: readonly string[]): number {
  const weaker = rules.slice(rules.indexOf('retry') + 1)
  const marks = weaker.map(() => '?').join(', ')
  const update = db.prepare(
    `update outcomes set quality = 0, quality_source = 'retry'
     where request = ? and basis = ${BASES.indexOf('logged')} and (quality is null or quality_source in (${marks}))`,
  )
  return retried(db).reduce((count, key) => count + update.run(key, ...weaker).changes, 0)
}

function retried(db: Database.Database): number[] {
  const query = db
    .prepare<[], Row>(
      `select r.key, r.at, coalesce(r.scope ->> 'session', r.scope ->> 'user'), coalesce(t.content, d.sha256) as asked
       from requests r left join texts t on t.request = r.key left join redacted d on d.request = r.key
       where r.at is not null and coalesce(r.scope ->> 'session', r.scope ->> 'user') is not null and asked is not null
       order by 3, r.at, r.id`,
    )
    .raw()
  const keys: number[] = []
  let earlier: Row | undefined
  for (const row of query.iterate()) {
    const isSame = earlier !== undefined && earlier[2] === row[2] && earlier[3] === row[3]
    if (earlier !== undefined && isSame && row[1] - earlier[1] <= RETRY_MS) keys.push(earlier[0])
    earlier = row
  }
  return keys
}
