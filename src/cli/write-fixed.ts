import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { InputError } from '../core/errors.js'
import { createFixes } from '../logs/lint/fixes.js'
import { storeFacts } from '../logs/store-facts.js'
import { readRecords } from '../logs/store-records.js'
import { openLog } from '../logs/store.js'

export interface WrittenFix {
  readonly file: string
  readonly changesFile: string
  readonly requests: number
  readonly changes: Readonly<Record<string, number>>
}

/**
 * The log as canonical JSONL, in order of time, with what can be mended mended; beside it every change. Both stand whole or not at
 * all, and the store is only read.
 * @throws InputError where the files cannot be written.
 */
export function writeFixed(log: string, file: string): WrittenFix {
  if (!file.endsWith('.jsonl'))
    throw new InputError(`--fix must name a file that ends in .jsonl, got ${file}`)
  const changesFile = file.replace(/\.jsonl$/, '.changes.jsonl')
  const store = openLog(log)
  try {
    const { costUnits = [], sameEntries = [] } = storeFacts(store)
    const priced = store.db
      .prepare<[], [string]>(
        'select distinct m.id from outcomes join models m on m.key = model where cost_usd > 0',
      )
      .raw()
      .all()
    const fix = createFixes({ costUnits, sameEntries, priced: new Set(priced.map(([model]) => model)) })
    const counts: Record<string, number> = {}
    let requests = 0
    atomically([file, changesFile], ([records, changed]) => {
      for (const one of readRecords(store)) {
        const { record, changes } = fix(one)
        records?.(JSON.stringify(asWritten(record)))
        for (const change of changes) {
          changed?.(JSON.stringify(change))
          counts[change.code] = (counts[change.code] ?? 0) + 1
        }
        requests++
      }
    })
    return { file, changesFile, requests, changes: counts }
  } finally {
    store.close()
  }
}

function asWritten<Value extends { readonly at?: number }>(record: Value): unknown {
  return record.at === undefined ? record : { ...record, at: new Date(record.at).toISOString() }
}

/** Lines go to files beside, which take the names when all is written. */
function atomically(
  files: readonly string[],
  write: (lines: readonly ((line: string) => void)[]) => void,
): void {
  const open: { readonly path: string; readonly to: string; readonly handle: number }[] = []
  try {
    try {
      for (const to of files) open.push({ path: `${to}.tmp`, to, handle: openSync(`${to}.tmp`, 'w') })
      write(
        open.map(
          ({ handle }) =>
            (line) =>
              void writeSync(handle, `${line}\n`),
        ),
      )
    } finally {
      for (const { handle } of open) closeSync(handle)
    }
    for (const { path, to } of open) renameSync(path, to)
  } catch (error) {
    for (const { path } of open) rmSync(path, { force: true })
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('E')
      ? new InputError(`${files[0] ?? ''} cannot be written: ${error.message}`)
      : error
  }
}
