import type Database from 'better-sqlite3'
import { readMeta, writeMeta } from './store.js'

/** Keeps which rules made qualities of this log's signals, over all imports. */
export function noteQualityRules(db: Database.Database, names: readonly string[]): void {
  const all = new Set([...qualityRulesOf(readMeta(db)), ...names])
  writeMeta(db, 'qualityRules', JSON.stringify([...all]))
}

/** The rules by which qualities of this log were made, as they were named at import. */
export function qualityRulesOf(meta: ReadonlyMap<string, string>): readonly string[] {
  return JSON.parse(meta.get('qualityRules') ?? '[]') as string[]
}
