import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importFiles } from '../logs/store-import.js'
import { defaultMeasuring } from './measuring.js'

/**
 * Hands over a log store: the one at `path`, or, where that is the runtime's own file (or another log by lines), one that is made
 * of it for as long as `use` takes.
 */
export async function withLogStore<Value>(
  path: string,
  use: (store: string) => Promise<Value>,
): Promise<Value> {
  if (!/\.jsonl(\.gz|\.zst)?$/.test(path)) return use(path)
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-log-'))
  try {
    const log = join(folder, 'log.db')
    await importFiles({ ...defaultMeasuring(), log, files: [path] })
    return await use(log)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
