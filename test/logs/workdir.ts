import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { importFiles, type ImportOptions, type ImportResult } from '../../src/logs/store-import.js'
import { loadTable } from '../../src/logs/store-load.js'
import { openLog } from '../../src/logs/store.js'
import type { LogTable } from '../../src/core/log-table.js'
import { extractor, otherExtractor, wordCounter } from './measuring.js'

/** A folder for each test file, emptied after each test. */
export function workdir(): {
  path(name: string): string
  file(name: string, content: string | Uint8Array): string
} {
  let folder: string | undefined
  afterEach(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    folder = undefined
  })
  const path = (name: string): string => join((folder ??= mkdtempSync(join(tmpdir(), 'tollgate-'))), name)
  return {
    path,
    file(name, content) {
      writeFileSync(path(name), content)
      return path(name)
    },
  }
}

export function importLog(options: Omit<ImportOptions, 'counter' | 'extractor'>): Promise<ImportResult> {
  return importFiles({ counter: wordCounter, extractor, ...options })
}

export function load(path: string, using: typeof extractor = extractor): LogTable {
  const store = openLog(path)
  try {
    return loadTable(store, using)
  } finally {
    store.close()
  }
}

export function jsonl(...lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** The table as a policy with another keyword list sees it. */
export function otherExtractorTable(path: string): LogTable {
  return load(path, otherExtractor)
}
