import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { readMeta, writeMeta, type LogStore } from './store.js'

/** Facts of the whole log that change what a replay computes. */
const HASHED_META = ['arrivals', 'synthetic', 'requestsPerDay'] as const
const FLUSH_CHARACTERS = 1 << 16

/** What a log holds, request by request in order of ids: the order of imports leaves no trace. */
const CONTENT: readonly string[] = [
  `select r.id, r.at, r.scope, r.priority, r.input_tokens_estimate, r.input_tokens_bound, r.max_output_tokens, r.needs,
     r.task, r.split, m.id, r.propensity, r.policy_hash, r.assessment, r.run, t.content
   from requests r left join models m on m.key = r.chosen left join texts t on t.request = r.key order by r.id`,
  `select r.id, m.id, o.cost_usd, o.quality, o.input_tokens, o.output_tokens, o.cached_input_tokens, o.cache_write_tokens,
     o.reasoning_tokens, o.latency_ms, o.basis, o.score, o.quality_source,
     case when o.cost_usd is null then o.computed_cost_usd end
   from requests r cross join outcomes o on o.request = r.key join models m on m.key = o.model order by r.id, m.id`,
  // Features that came with the log; those computed from text follow from the text.
  `select r.id, e.id, hex(f.cells) from requests r join features f on f.request = r.key join extractors e on e.key = f.extractor
   where not exists (select 1 from texts t where t.request = r.key) order by r.id, e.id`,
  'select life, seq, policy_hash, at from policy_changes order by life, seq',
]

/** Only where a log says so: those that do not keep the hash they had. */
const SAMPLED = `select id, probability from sampled join requests on key = request order by id`
const SESSION_OUTCOMES = `select name, quality from labels where about = 'session' order by name`
const SHARED_PREFIXES = `select id, shared_prefix_tokens from requests where shared_prefix_tokens is not null order by id`

/**
 * SHA-256 over the store's content, independent of the order of imports. Computed once after an import (about 3
 * microseconds a row) and kept in the store where that can be written.
 */
export function contentHash(store: LogStore): string {
  const meta = readMeta(store.db)
  const kept = meta.get('contentHash')
  if (kept !== undefined) return kept
  const hash = createHash('sha256')
  hash.update(JSON.stringify(HASHED_META.map((key) => meta.get(key) ?? null)))
  for (const query of CONTENT) updateRows(store.db, query, (text) => hash.update(text))
  if (store.db.prepare(`${SAMPLED} limit 1`).get() !== undefined)
    updateRows(store.db, SAMPLED, (text) => hash.update(text))
  const isShared = store.db.prepare(`${SHARED_PREFIXES} limit 1`).get() !== undefined
  if (isShared) updateRows(store.db, SHARED_PREFIXES, (text) => hash.update(text))
  if (store.db.prepare(`${SESSION_OUTCOMES} limit 1`).get() !== undefined)
    updateRows(store.db, SESSION_OUTCOMES, (text) => hash.update(text))
  const text = `sha256:${hash.digest('hex')}`
  whenWritable(store, () => writeMeta(store.db, 'contentHash', text))
  return text
}

/** Forgets the hash; part of every import that changes something. */
export function forgetHash(db: Database.Database): void {
  writeMeta(db, 'contentHash', null)
}

/** Runs a write that only saves work later: skipped where the store is read-only, full, or busy with an import. */
export function whenWritable(store: LogStore, write: () => void): void {
  if (store.readonly) return
  try {
    write()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!/^SQLITE_(BUSY|READONLY|FULL|CANTOPEN|IOERR)/.test(code)) throw error
  }
}

function updateRows(db: Database.Database, query: string, update: (text: string) => void): void {
  let batch = `\n${query.length}\n`
  for (const row of db.prepare(query).raw().iterate()) {
    batch += JSON.stringify(row)
    if (batch.length < FLUSH_CHARACTERS) continue
    update(batch)
    batch = ''
  }
  update(batch)
}
