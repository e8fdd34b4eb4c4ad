import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '../../../src/router/stores/sqlite.js'
import { budgetStoreContract } from '../../contract/budget-store.js'

budgetStoreContract(
  'sqliteStore',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-sqlite-'))
    const store = sqliteStore(join(folder, 'budgets.db'), { rememberMs: 1e15 })
    return {
      store,
      dispose: async () => {
        await store.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
  { runs: Number(process.env.TOLLGATE_HISTORIES ?? 40) },
)
