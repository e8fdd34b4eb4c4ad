import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultMeasuring } from '../../src/cli/measuring.js'
import { readLog } from '../../src/cli/log-options.js'
import type { LogTable } from '../../src/core/log-table.js'
import type { Policy } from '../../src/core/policy.js'
import { importFiles } from '../../src/logs/store-import.js'

/** The shipped sample in a store of its own, for tests that need a log of real size. */
export interface SampleLog {
  readonly folder: string
  readonly path: string
  tableFor(policy: Policy): LogTable
  remove(): void
}

export async function aSampleLog(): Promise<SampleLog> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-sample-'))
  const path = join(folder, 'sample.db')
  await importFiles({
    log: path,
    files: ['datasets/coding-week.jsonl.gz'],
    onProgress: () => undefined,
    ...defaultMeasuring(),
  })
  const known = new Map<string, LogTable>()
  return {
    folder,
    path,
    tableFor({ classifier: { extractor } }) {
      let table = known.get(extractor.key)
      if (table === undefined) {
        const args = { log: path, where: undefined, completeCases: false, imputeCost: undefined }
        ;({ table } = readLog(args, () => undefined, extractor))
        known.set(extractor.key, table)
      }
      return table
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
