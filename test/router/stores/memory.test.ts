import { memoryStore } from '../../../src/router/stores/memory.js'
import { budgetStoreContract } from '../../contract/budget-store.js'

// It is the reference of the others; run against itself the contract shows that histories repeat.
budgetStoreContract(
  'memoryStore',
  async () => ({ store: memoryStore({ rememberMs: Infinity }), dispose: async () => undefined }),
  { runs: 60 },
)
