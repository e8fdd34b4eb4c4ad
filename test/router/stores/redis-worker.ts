import { Redis } from 'ioredis'
import type { Plan } from '../../../src/core/plan.js'
import { createRandom } from '../../../src/core/random.js'
import { redisStore } from '../../../src/router/stores/redis.js'
import { BUDGETS, planFor } from './redis-load.js'

/**
 * A process of the load tests: reserves and settles, so many at a time, and says on its standard output what it was answered:
 * `id charge` for each settlement that was acknowledged, `! text` for each error, `# admitted refused slowest` at its end.
 */
const [port = '0', name = '', count = '0', inFlight = '1', timeoutMs = '1000'] = process.argv.slice(2)
const client = new Redis({ port: Number(port), maxRetriesPerRequest: 0, retryStrategy: () => 50 })
client.on('error', () => undefined)
const store = redisStore(client, { timeoutMs: Number(timeoutMs) })
const random = createRandom(Number(name.replace(/\D/g, '')) + 1)
let made = 0
let admitted = 0
let refused = 0
let slowest = 0

async function timed<Value>(operation: () => Promise<Value> | Value): Promise<Value> {
  const started = performance.now()
  try {
    return await operation()
  } finally {
    slowest = Math.max(slowest, performance.now() - started)
  }
}

/** Again and again with the same id, as a caller may. */
async function insist<Value>(operation: () => Promise<Value> | Value): Promise<Value> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await timed(operation)
    } catch (error) {
      console.log(`! ${String(error)}`)
      if (attempt >= 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function reserveAndSettle(): Promise<void> {
  const id = `${name}-${made++}`
  const amount = 1 + Math.floor(random.next() * 1_000_000)
  const plan: Plan = planFor(made, amount)
  const rest = { requestHeadroom: Infinity, wantsRetryAt: false, ttlMs: 600_000 }
  const answer = await insist(() => store.admit({ id, plan, ...rest }))
  if (answer.kind === 'refused') {
    refused++
    return
  }
  admitted++
  const chargeNanoUsd = Math.floor(amount * random.next())
  const ended = await insist(() => store.end(id, { kind: 'settled', chargeNanoUsd, settlement: 'actual' }))
  console.log(`${id} ${ended.chargedNanoUsd}`)
}

await insist(() =>
  store.start({
    budgets: BUDGETS,
    now: Date.now,
    onExpired: () => undefined,
    onReturned: () => undefined,
  }),
)
const lane = async (): Promise<void> => {
  while (made < Number(count)) await reserveAndSettle()
}
await Promise.all(Array.from({ length: Number(inFlight) }, lane))
console.log(`# ${admitted} ${refused} ${Math.ceil(slowest)}`)
client.disconnect()
