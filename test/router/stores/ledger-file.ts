import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Memory where the system has it: what thousands of short histories ask of the disk says nothing about them. */
const FAST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export interface LedgerFile {
  readonly folder: string
  readonly path: string
  remove(): void
}

/** A path for a ledger in a folder of its own. */
export function aLedgerFile(where: 'disk' | 'fast' = 'disk'): LedgerFile {
  const folder = mkdtempSync(join(where === 'fast' ? FAST : tmpdir(), 'tollgate-sqlite-'))
  return {
    folder,
    path: join(folder, 'budgets.db'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
